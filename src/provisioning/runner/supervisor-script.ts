/**
 * Runs one command for us and outlives us. It ignores the signals sent to its process group (the command does not), so
 * that it can write down the exit code; it claims the phase by an exclusive hard link, so that a second supervisor of
 * the same phase starts nothing; every file appears complete, by rename or link. It starts as few processes as it can
 * before the command: on a busy machine each takes as long as a tenth of a small plan.
 *
 * Arguments: the phase's directory, the command, its arguments. Files it leaves there: `process` (pid and start token),
 * `exit-code`.
 */
export const SUPERVISOR_SCRIPT = `
umask 077
trap : INT TERM
directory=$1
shift
if [ -r "/proc/$$/stat" ]; then
  read -r stat < "/proc/$$/stat"
  take_token() { shift 19; token=$1; }
  take_token \${stat##*) }
else
  token=$(ps -o lstart= -p "$$" | tr -s ' ' '_' | sed 's/^_//; s/_$//')
fi
printf '%s %s' "$$" "$token" > "$directory/process.$$" || exit 125
ln "$directory/process.$$" "$directory/process" || { rm -f "$directory/process.$$"; exit 124; }
"$@"
code=$?
printf '%s' "$code" > "$directory/exit-code.$$" && mv "$directory/exit-code.$$" "$directory/exit-code"
rm -f "$directory/process.$$"
`;
