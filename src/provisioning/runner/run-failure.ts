import { errorMessage, hasErrorCode } from '../../common/errors/domain-error.js';
import { causeOf } from '../failure-causes.types.js';
import { type RunFailure, type RunPhase } from '../provisioning.types.js';
import { StateDecryptionError } from '../state/state-cipher.js';
import { InvalidStateError } from '../state/state-file.js';
import { CommandNotStartedError } from './command.errors.js';
import { type InterruptReason } from './run-interrupt.js';
import { type PhaseResult } from './phase-runner.js';

const SIGKILL_CODE = 137;
const SIGNAL_CODES_FROM = 129;

/** How a phase that did not succeed ended: on request, or by a failure. */
export type PhaseEnding = { ending: 'canceled' } | { ending: 'failed'; failure: RunFailure };

export const WORKER_LOST: RunFailure = {
  code: 'runs.worker_lost',
  message:
    'The process that executed this run is gone. What it had built is recorded; the next run continues from there.',
};

export const FORCED: RunFailure = {
  code: 'runs.force_canceled',
  message:
    'The run was killed because it did not stop in time. What was in the state is kept; what AWS was just building may not be in it.',
};

export const STATE_RECOVERED: RunFailure = {
  code: 'terraform.state_recovered',
  message:
    'Terraform could not write its state file and left errored.tfstate, which is now the state. A new run continues from it.',
};

export const NOT_APPROVED: RunFailure = {
  code: 'runs.not_approved',
  message:
    'Nobody agreed to the plan in time, so nothing was changed. Look at its changes, and ask for the run again to approve it.',
};

/** What a full, broken or forbidden disk fails with. */
const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT', 'ENOTDIR'];

/** The failure of a run that stopped on something an operator can put right, or null for a defect of ours. */
export function failureFrom(error: unknown): RunFailure | null {
  if (error instanceof InvalidStateError) {
    const advice =
      'Repair it, or move it away to continue from the newest stored state. No run can start before; nothing was changed since.';
    return { code: 'state.unreadable', message: `${error.message}. ${advice}` };
  }
  if (error instanceof StateDecryptionError) return { code: 'state.undecryptable', message: error.message };
  if (error instanceof CommandNotStartedError) return { code: 'terraform.not_started', message: error.message };
  if (!DISK_CODES.some((code) => hasErrorCode(error, code))) return null;
  return {
    code: 'runs.disk_failed',
    message: `The run's files could not be read or written: ${errorMessage(error)}. Make room or give access below PS_DATA_DIRECTORY; a new run will be tried.`,
  };
}

/** An interrupt before the phase began, or after it succeeded: it changed nothing, so the run just stops. */
export function stopped(phase: RunPhase, requested: InterruptReason): PhaseEnding {
  return requested === 'timeout' ? { ending: 'failed', failure: timeout(phase) } : { ending: 'canceled' };
}

/**
 * Terraform's exit code 1 means "failed" as well as "interrupted"; only our own record of having asked tells the two
 * apart.
 */
export function endingOf(
  phase: RunPhase,
  { exitCode, events }: PhaseResult,
  requested: InterruptReason | null,
): PhaseEnding {
  if (requested !== null) return stopped(phase, requested);
  return { ending: 'failed', failure: failureOf(phase, exitCode, events) };
}

function timeout(phase: RunPhase): RunFailure {
  return {
    code: 'terraform.timeout',
    message: `terraform ${phase} took longer than its limit and was interrupted. A new run continues from the state it left.`,
  };
}

function failureOf(phase: RunPhase, exitCode: number, events: PhaseResult['events']): RunFailure {
  if (events.wasInterrupted) {
    return {
      code: 'terraform.interrupted',
      message: `terraform ${phase} was interrupted by somebody outside this service. A new run continues from the state it left.`,
    };
  }
  if (exitCode >= SIGNAL_CODES_FROM) return killed(phase, exitCode);
  const cause = events.errorText === null ? null : causeOf(events.errorText);
  if (cause) {
    const message = `${cause.cause} ${cause.next} Terraform said: ${events.errorText ?? ''}`;
    return { code: cause.code, message };
  }
  const reason = events.errorText ?? `it ended with exit code ${exitCode} and reported no error; see the log`;
  return { code: `terraform.${phase}_failed`, message: `terraform ${phase} failed: ${reason}` };
}

function killed(phase: RunPhase, exitCode: number): RunFailure {
  const hint =
    exitCode === SIGKILL_CODE ? '; most often the system was out of memory, so lower PS_RUN_SLOTS or add memory' : '';
  return {
    code: 'terraform.killed',
    message: `terraform ${phase} was killed by signal ${exitCode - SIGNAL_CODES_FROM + 1}${hint}. A new run continues from the state it left.`,
  };
}
