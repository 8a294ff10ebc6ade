import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorMessage } from '../../common/errors/domain-error.js';
import { newId } from '../../common/ids/ids.js';
import { processStartToken } from '../runner/process-identity.js';

/** Who owns a run: a process that another one on the same host can prove dead. */
export interface WorkerIdentity {
  id: string;
  /** Host name and boot, so that a rebooted host is another host. */
  host: string;
  /** `<pid>/<start token>`, so that a reused pid is another process. */
  process: string;
}

export function workerIdentity(): WorkerIdentity {
  return {
    id: newId(),
    host: `${hostname()}/${bootId()}`,
    process: `${process.pid}/${processStartToken(process.pid) ?? ''}`,
  };
}

/** Whether the process that called {@link workerIdentity} on this host still lives. */
export function isWorkerAlive(workerProcess: string): boolean {
  const [pid = '', ...token] = workerProcess.split('/');
  return processStartToken(Number(pid)) === token.join('/');
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch (error) {
    // Only Linux has it. Elsewhere start tokens carry the date, which also tells boots apart.
    return errorMessage(error).includes('ENOENT') ? 'any-boot' : 'unknown-boot';
  }
}
