import { Injectable, Logger } from '@nestjs/common';
import { FenceLostError } from '../provisioning.errors.js';
import { type RunFailure, type RunOutcome } from '../provisioning.types.js';
import { type InterruptReason, systemRequester } from '../runner/run-interrupt.js';
import { type ClaimedRun } from '../runner/run-journal.js';
import { type TransitionCause } from '../runs/runs.repository.js';
import { RunTransitions } from './run-transitions.js';

const WORKER = 'system:worker';

/** The transitions a worker makes besides the phases: interrupting, recovering, ending. */
@Injectable()
export class RunFinisher {
  private readonly logger = new Logger(RunFinisher.name);

  constructor(private readonly transitions: RunTransitions) {}

  /** Ends the run. Throws FenceLostError when it belongs to another worker by now. */
  async finish(run: ClaimedRun, outcome: RunOutcome): Promise<void> {
    const cause = { actor: WORKER, reason: outcome.failure?.code ?? 'finished' };
    if (!(await this.transitions.move(run, outcome.status, cause, { outcome })))
      await this.finishFromElsewhere(run, outcome, cause);
    this.logger.log(`Run ${run.id} of organization ${run.organizationId}: ${outcome.status}`);
  }

  /**
   * Says in the run's status that it is being interrupted. A cancel by a person has said so already; a run of somebody
   * else says nothing of us.
   */
  async noteInterrupt(run: ClaimedRun, reason: InterruptReason): Promise<void> {
    if (reason === 'cancel' || reason === 'fence_lost') return;
    await this.transitions.move(
      run,
      'canceling',
      { actor: WORKER, reason },
      { cancelRequestedBy: systemRequester(reason) },
    );
  }

  /** Throws FenceLostError when the run belongs to another worker: what is left of it is not ours to touch then. */
  async beginRecovery(run: ClaimedRun, reason: string): Promise<void> {
    if (await this.transitions.move(run, 'recovering', { actor: WORKER, reason })) return;
    const { status } = await this.transitions.current(run);
    if (status !== 'recovering') throw new Error(`Run ${run.id} is ${status}, so it cannot be recovered`);
  }

  /** Ends a run that could not even be recovered. */
  async abandon(run: ClaimedRun, failure: RunFailure): Promise<void> {
    const cause = { actor: WORKER, reason: failure.code };
    const outcome: RunOutcome = { status: 'failed', state: null, failure };
    if (!(await this.transitions.move(run, 'failed', cause, { outcome }))) throw new FenceLostError(run.id);
  }

  /** A cancel may arrive while the last step ends: the run is `canceling` then, and what really happened decides. */
  private async finishFromElsewhere(run: ClaimedRun, outcome: RunOutcome, cause: TransitionCause): Promise<void> {
    const current = await this.transitions.current(run);
    // The first attempt was carried out, and only its answer was lost.
    if (current.status === outcome.status) return;
    if (outcome.status === 'canceled' && current.status !== 'canceling') {
      await this.transitions.move(run, 'canceling', cause);
      if (await this.transitions.move(run, 'canceled', cause, { outcome })) return;
    }
    throw new Error(`Run ${run.id} is ${current.status}, so it cannot become ${outcome.status}`);
  }
}
