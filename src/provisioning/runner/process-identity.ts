import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hasErrorCode } from '../../common/errors/domain-error.js';

/** Fields of /proc/<pid>/stat after the command name: the state comes first, the start time (field 22) is the 20th. */
const START_TIME_INDEX = 19;
const DEAD_STATES = new Set(['Z', 'X', 'x']);

/**
 * When the process started, in the units of the system; with the pid it names one process for ever. Null when there is
 * no such process, or only its unreaped rest.
 */
export function processStartToken(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name is in parentheses and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return DEAD_STATES.has(fields[0] ?? '') ? null : (fields[START_TIME_INDEX] ?? null);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ESRCH')) return null;
    throw error;
  }
}

function fromPs(pid: number): string | null {
  try {
    const [state = '', ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s+/);
    return DEAD_STATES.has(state.charAt(0)) ? null : started.join('_');
  } catch (error) {
    // ps ends with 1 when it finds no such process.
    if (typeof error === 'object' && error !== null && 'status' in error && error.status === 1) return null;
    throw error;
  }
}

/** What is left of a process group whose leader is known. */
export type GroupState = 'leader' | 'orphans' | 'gone';

/**
 * `leader`: the very process that was recorded; `orphans`: it is gone but others of its group live on; `gone`: nothing
 * of it is left, or its pid belongs to somebody else by now.
 */
export function groupState(pid: number, startToken: string): GroupState {
  const current = processStartToken(pid);
  if (current === startToken) return 'leader';
  // A pid cannot be given to a new process while its old group has members.
  if (current !== null) return 'gone';
  return groupExists(pid) ? 'orphans' : 'gone';
}

function groupExists(groupId: number): boolean {
  try {
    process.kill(-groupId, 0);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ESRCH')) return false;
    if (hasErrorCode(error, 'EPERM')) return true;
    throw error;
  }
}
