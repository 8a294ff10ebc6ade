import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { newId } from '../../common/ids/ids.js';
import { hostIdentity, processStartToken } from '../runner/process-identity.js';

/** Who owns a run: a process that another one on the same host can prove dead. */
export interface WorkerIdentity {
  id: string;
  /**
   * Where the worker's processes and files can be seen: host and data directory. Only there a run can be resumed;
   * a worker beside it with another data directory would start a second Terraform.
   */
  host: string;
  /** `<pid>/<start token>`, so that a reused pid is another process. */
  process: string;
}

/** The {@link WorkerIdentity.host} of workers with this data directory on this host. */
export function workerPlace(dataDirectory: string): string {
  const directory = createHash('sha256').update(resolve(dataDirectory)).digest('hex').slice(0, 12);
  return `${hostIdentity()}#${directory}`;
}

export function workerIdentity(dataDirectory: string): WorkerIdentity {
  return {
    id: newId(),
    host: workerPlace(dataDirectory),
    process: `${process.pid}/${processStartToken(process.pid) ?? ''}`,
  };
}

/** Whether the process that called {@link workerIdentity} on this host still lives. */
export function isWorkerAlive(workerProcess: string): boolean {
  const [pid = '', ...token] = workerProcess.split('/');
  return processStartToken(Number(pid)) === token.join('/');
}
