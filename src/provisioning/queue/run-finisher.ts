import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { Notifier } from '../../database/notifier.js';
import { Transactions } from '../../database/transaction.js';
import { FenceLostError } from '../provisioning.errors.js';
import { type RunOutcome, type RunStatus } from '../provisioning.types.js';
import { type InterruptReason } from '../runner/run-interrupt.js';
import { type ClaimedRun } from '../runner/run-journal.js';
import { RunsRepository, type TransitionCause, type TransitionValues } from '../runs/runs.repository.js';

const WORKER = 'system:worker';

/** The transitions a worker makes besides the phases: interrupting, recovering, ending. All are fenced. */
@Injectable()
export class RunFinisher {
  private readonly logger = new Logger(RunFinisher.name);

  constructor(
    private readonly runs: RunsRepository,
    private readonly transactions: Transactions,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
  ) {}

  /** Ends the run. Throws FenceLostError when it belongs to another worker by now. */
  async finish(run: ClaimedRun, outcome: RunOutcome): Promise<void> {
    const cause = { actor: WORKER, reason: outcome.failure?.code ?? 'finished' };
    if (!(await this.move(run, outcome.status, cause, { outcome })))
      await this.finishFromElsewhere(run, outcome, cause);
    this.logger.log(`Run ${run.id} of organization ${run.organizationId}: ${outcome.status}`);
  }

  /** Says in the run's status that it is being interrupted. A cancel by a person has said so already. */
  async noteInterrupt(run: ClaimedRun, reason: InterruptReason): Promise<void> {
    if (reason === 'cancel') return;
    await this.move(run, 'canceling', { actor: WORKER, reason }, { cancelRequestedBy: `system:${reason}` });
  }

  async beginRecovery(run: ClaimedRun): Promise<void> {
    const cause = { actor: WORKER, reason: 'its process is gone' };
    await this.move(run, 'recovering', cause, {});
  }

  /** Ends a run that our own defect broke. */
  async abandon(run: ClaimedRun, message: string): Promise<void> {
    const failure = {
      code: 'runs.internal_error',
      message: `${message}. A new run will be tried; see the service's log.`,
    };
    const cause = { actor: WORKER, reason: failure.code };
    const outcome: RunOutcome = { status: 'failed', state: null, failure };
    if (await this.move(run, 'failed', cause, { outcome })) return;
    await this.move(run, 'recovering', cause, {});
    await this.move(run, 'failed', cause, { outcome });
  }

  /** A cancel may arrive while the last step ends: the run is `canceling` then, and what really happened decides. */
  private async finishFromElsewhere(run: ClaimedRun, outcome: RunOutcome, cause: TransitionCause): Promise<void> {
    const current = await this.runs.find(run.organizationId, run.id);
    if (outcome.status === 'canceled' && current?.status !== 'canceling') {
      await this.move(run, 'canceling', cause, {});
      if (await this.move(run, 'canceled', cause, { outcome })) return;
    }
    throw new FenceLostError(run.id);
  }

  private async move(
    run: ClaimedRun,
    to: RunStatus,
    cause: TransitionCause,
    values: Omit<TransitionValues, 'now'>,
  ): Promise<boolean> {
    const now = this.clock.now();
    const before = await this.transactions.run((tx) => this.runs.transition(tx, run, to, cause, { ...values, now }));
    if (before !== null) this.notifier.publish('ps_runs', run.organizationId);
    return before !== null;
  }
}
