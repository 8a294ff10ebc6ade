import { type RunFailure, type RunPhase } from '../provisioning.types.js';
import { type InterruptReason } from './run-interrupt.js';
import { type PhaseResult } from './phase-runner.js';

const SIGKILL_CODE = 137;
const SIGNAL_CODES_FROM = 129;

/** How a phase that did not succeed ended: on request, or by a failure. */
export type PhaseEnding = { ending: 'canceled' } | { ending: 'failed'; failure: RunFailure };

/**
 * Terraform's exit code 1 means "failed" as well as "interrupted"; only our own record of having asked tells the two
 * apart.
 */
export function endingOf(
  phase: RunPhase,
  { exitCode, events }: PhaseResult,
  requested: InterruptReason | null,
): PhaseEnding {
  if (requested === 'cancel' || requested === 'shutdown') return { ending: 'canceled' };
  return { ending: 'failed', failure: failureOf(phase, exitCode, events, requested === 'timeout') };
}

function failureOf(phase: RunPhase, exitCode: number, events: PhaseResult['events'], isTimeout: boolean): RunFailure {
  if (isTimeout) {
    return {
      code: 'terraform.timeout',
      message: `terraform ${phase} took longer than its limit and was interrupted. A new run continues from the state it left.`,
    };
  }
  if (events.wasInterrupted) {
    return {
      code: 'terraform.interrupted',
      message: `terraform ${phase} was interrupted by somebody outside this service. A new run continues from the state it left.`,
    };
  }
  if (exitCode >= SIGNAL_CODES_FROM) return killed(phase, exitCode);
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
