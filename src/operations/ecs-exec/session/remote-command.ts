/**
 * One word of a command line as it is: for the shell, and for the agent in the container, which splits the command by
 * the same rules and runs it without a shell.
 */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Begins as root, as all sessions of ECS Exec do. Nothing of a call becomes part of the script, everything is an argument
 * of it: $1 is the user, then comes what to run.
 */
const DROP_ROOT = `
if [ "$(id -u)" != 0 ] || [ "$user" = root ]; then "$@"
elif ! id -u "$user" >/dev/null 2>&1; then
  echo "There is no user $user in this container. Name another one with --user." >&2; (exit 126)
elif command -v setpriv >/dev/null 2>&1; then
  HOME=$(getent passwd "$user" | cut -d: -f6) USER=$user setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@"
else
  su -s /bin/sh -c "exec \\"\\$@\\"" -- "$user" sh "$@"
fi`;

const SHELL_SCRIPT = `user=$1; shift
if [ "$#" = 0 ]; then if command -v bash >/dev/null 2>&1; then set -- bash; else set -- /bin/sh; fi; fi${DROP_ROOT}`;

/** A terminal would put a carriage return before every line end, and cut lines that are longer than it is wide. */
const RUN_SCRIPT = `nonce=$1; user=$2; shift 2
stty -opost -echo 2>/dev/null
printf "\\nps-begin-%s\\n" "$nonce"${DROP_ROOT}
printf "\\nps-end-%s %s\\n" "$nonce" "$?"`;

const PULL_SCRIPT =
  'if [ ! -f "$1" ]; then echo "There is no file $1." >&2; exit 1; fi; sha256sum < "$1" && base64 < "$1"';

/** A prompt as this user. */
export function shellCommand(user: string): string {
  return line(['/bin/sh', '-c', SHELL_SCRIPT, 'sh', user]);
}

/** A command as this user, with marks around its output and its exit code behind it; `nonce` makes them unmistakable. */
export function markedCommand(nonce: string, user: string, command: readonly string[]): string {
  return line(['/bin/sh', '-c', RUN_SCRIPT, 'sh', nonce, user, ...command]);
}

/** What prints the checksum of a file and then the file, in base64. */
export function printFile(path: string): string[] {
  return ['/bin/sh', '-c', PULL_SCRIPT, 'sh', path];
}

function line(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}
