/**
 * Runs one command for us and outlives us. It ignores the signals sent to its process group (the command does not), so
 * that it can write down the exit code; it claims the phase by an exclusive hard link, so that a second supervisor of
 * the same phase starts nothing; every file appears complete, by rename or link.
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
  token=$(sed 's/^.*) //' "/proc/$$/stat" | cut -d ' ' -f 20)
else
  token=$(ps -o lstart= -p "$$" | tr -s ' ' '_' | sed 's/^_//; s/_$//')
fi
printf '%s %s' "$$" "$token" > "$directory/process.$$" || exit 125
if ln "$directory/process.$$" "$directory/process"; then claimed=yes; else claimed=no; fi
rm -f "$directory/process.$$"
[ "$claimed" = yes ] || exit 124
"$@"
code=$?
printf '%s' "$code" > "$directory/exit-code.$$" && mv "$directory/exit-code.$$" "$directory/exit-code"
`;
