/** Exit codes of the supervisor itself: somebody else owns the phase; the phase's directory cannot be written. */
export const PHASE_TAKEN = 124;
export const PHASE_UNWRITABLE = 125;

/**
 * Runs one command for us and outlives us. It ignores the signals sent to its process group (the command does not), so
 * that it can write down the exit code; it claims the phase by an exclusive hard link, so that a second supervisor of
 * the same phase starts nothing; every file appears complete, by rename or link. The room for the exit code is taken
 * before the command starts, so that a disk it fills does not cost us the code. It starts as few processes as it can
 * before the command: on a busy machine each takes as long as a tenth of a small plan.
 *
 * Arguments: the phase's directory, the host's identity, the command, its arguments. Files it leaves there: `process`
 * (pid, start token, host), `exit-code`.
 */
export const SUPERVISOR_SCRIPT = `
umask 077
trap : INT TERM
directory=$1
host=$2
shift 2
if [ -r "/proc/$$/stat" ]; then
  read -r stat < "/proc/$$/stat"
  take_token() { shift 19; token=$1; }
  take_token \${stat##*) }
else
  token=$(ps -o lstart= -p "$$" | tr -s ' ' '_' | sed 's/^_//; s/_$//')
fi
printf '%s %s %s' "$$" "$token" "$host" > "$directory/process.$$" || exit ${PHASE_UNWRITABLE}
printf '???' > "$directory/exit-code.$$" || exit ${PHASE_UNWRITABLE}
ln "$directory/process.$$" "$directory/process" || {
  rm -f "$directory/process.$$" "$directory/exit-code.$$"
  exit ${PHASE_TAKEN}
}
"$@"
code=$?
printf '%3s' "$code" 1<> "$directory/exit-code.$$" && mv "$directory/exit-code.$$" "$directory/exit-code"
rm -f "$directory/process.$$"
`;
