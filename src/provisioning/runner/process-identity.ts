import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasErrorCode } from '../../common/errors/domain-error.js';

/** Fields of /proc/<pid>/stat after the command name: the state comes first, the start time (field 22) is the 20th. */
const START_TIME_INDEX = 19;
const GROUP_INDEX = 2;
const DEAD_STATES = new Set(['Z', 'X', 'x']);
const LONGEST_HOST_NAME = 64;

/** A process as others can find it again: pids count within one boot of one host, or of one container. */
export interface RecordedProcess {
  pid: number;
  startToken: string;
  host: string;
}

let identity: string | null = null;

/** Where pids mean the same: host name, boot and pid namespace. A rebooted host is another one, and so is a container. */
export function hostIdentity(): string {
  const name = hostname().slice(0, LONGEST_HOST_NAME);
  return (identity ??= process.platform === 'linux' ? `${name}/${bootId()}/${pidNamespace()}` : name);
}

/**
 * When the process started, in the units of the system; with the pid it names one process for ever. Null when there is
 * no such process, or only its unreaped rest.
 */
export function processStartToken(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): string | null {
  const fields = statFields(pid);
  return fields === null || DEAD_STATES.has(fields[0] ?? '') ? null : (fields[START_TIME_INDEX] ?? null);
}

/** Fields of /proc/<pid>/stat after the command name, or null when there is no such process. */
function statFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name is in parentheses and may itself hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ESRCH')) return null;
    throw error;
  }
}

/** The start time is a date in the language of the environment; the supervisor's is always the plain one. */
const PS_ENVIRONMENT = { PATH: '/bin:/usr/bin', LC_ALL: 'C' };

function fromPs(pid: number): string | null {
  try {
    const options = { encoding: 'utf8', env: PS_ENVIRONMENT } as const;
    const [state = '', ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], options)
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
 * of it is left, its pid belongs to somebody else by now, or it was recorded on another host.
 */
export function groupState({ pid, startToken, host }: RecordedProcess): GroupState {
  if (host !== hostIdentity()) return 'gone';
  const current = processStartToken(pid);
  if (current === startToken) return 'leader';
  // A pid cannot be given to a new process while its old group has members.
  if (current !== null) return 'gone';
  return groupExists(pid) && hasLivingMember(pid) ? 'orphans' : 'gone';
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

/** A group exists as long as anything of it is unreaped; where pid 1 reaps nothing, that is for ever. */
function hasLivingMember(groupId: number): boolean {
  if (process.platform !== 'linux') return true;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => statFields(Number(pid)))
    .some((fields) => fields !== null && Number(fields[GROUP_INDEX]) === groupId && !DEAD_STATES.has(fields[0] ?? ''));
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function pidNamespace(): string {
  return readlinkSync('/proc/self/ns/pid');
}
