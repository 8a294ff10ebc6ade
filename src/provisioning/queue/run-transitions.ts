import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { Notifier } from '../../database/notifier.js';
import { Patience } from '../../database/patience.js';
import { Transactions } from '../../database/transaction.js';
import { FenceLostError } from '../provisioning.errors.js';
import { type Run, type RunStatus } from '../provisioning.types.js';
import { type ClaimedRun } from '../runner/run-journal.js';
import { RunsRepository, type TransitionCause, type TransitionValues } from '../runs/runs.repository.js';

/** The changes of status the owner of a run makes: fenced, announced, and waiting for a database that is away. */
@Injectable()
export class RunTransitions {
  constructor(
    private readonly runs: RunsRepository,
    private readonly transactions: Transactions,
    private readonly patience: Patience,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
  ) {}

  /** False when the run is not in a status from which it may go to `to`, or belongs to another worker. */
  async move(
    run: ClaimedRun,
    to: RunStatus,
    cause: TransitionCause,
    values: Omit<TransitionValues, 'now'> = {},
  ): Promise<boolean> {
    const before = await this.patience.insist(`move run ${run.id} to ${to}`, () =>
      this.transactions.run((tx) => this.runs.transition(tx, run, to, cause, { ...values, now: this.clock.now() })),
    );
    if (before !== null) this.notifier.publish('ps_runs', run.organizationId);
    return before !== null;
  }

  /** The run as it is stored. Throws FenceLostError when it belongs to another worker. */
  async current(run: ClaimedRun): Promise<Run> {
    const found = await this.patience.insist(`read run ${run.id}`, () => this.runs.findOwned(run));
    if (!found) throw new FenceLostError(run.id);
    return found;
  }
}
