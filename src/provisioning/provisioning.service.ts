import { Injectable } from '@nestjs/common';
import { type Actor, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { Notifier } from '../database/notifier.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { SettingsService } from '../settings/settings.service.js';
import { RunAlreadyFinishedError, RunNotFoundError } from './provisioning.errors.js';
import { type Run, type RunKind, type RunRequest, type Waiting } from './provisioning.types.js';
import { type OpenRuns, RunsRepository } from './runs/runs.repository.js';

/** Higher goes first: what stops spending never waits behind what starts it. */
const PRIORITY: Record<RunKind, number> = { destroy: 40, teardown: 40, update: 20, setup: 10, refresh: 0 };

/** Runs of Terraform as the rest of the service sees them: asked for, looked at, cancelled. */
@Injectable()
export class ProvisioningService {
  constructor(
    private readonly runs: RunsRepository,
    private readonly transactions: Transactions,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
    private readonly settings: SettingsService,
  ) {}

  /** The run in progress, the follow-up waiting behind it, and finished runs nobody has drawn conclusions from yet. */
  open(tx: Transaction, organizationId: string): Promise<OpenRuns> {
    return this.runs.open(organizationId, tx);
  }

  /** The run in progress, else the one waiting, else null. */
  async findUnfinished(organizationId: string): Promise<Run | null> {
    const { active, queued } = await this.runs.open(organizationId);
    return active ?? queued;
  }

  /** Whether resources may be left that no record of a run tells of. */
  areRemainsUnknown(tx: Transaction, organizationId: string): Promise<boolean> {
    return this.runs.areRemainsUnknown(tx, organizationId);
  }

  /** Whether there is a Terraform state of the organization, so that a run knows what is there. */
  hasState(tx: Transaction, organizationId: string): Promise<boolean> {
    return this.runs.hasState(tx, organizationId);
  }

  /** Queues a run. A run that is still waiting is superseded: only the newest wish counts. Tell workers after the commit. */
  async enqueue(tx: Transaction, request: RunRequest): Promise<string> {
    await this.supersedeQueued(tx, request.organizationId, request.requestedBy, 'a newer wish');
    return this.runs.insertQueued(tx, request, PRIORITY[request.kind], this.clock.now());
  }

  /** Drops the waiting run, because nothing needs it any more. */
  async supersedeQueued(tx: Transaction, organizationId: string, actor: string, reason: string): Promise<void> {
    const { queued } = await this.runs.open(organizationId, tx);
    if (queued) await this.runs.transition(tx, queued, 'superseded', { actor, reason }, { now: this.clock.now() });
  }

  markObserved(tx: Transaction, run: Run): Promise<void> {
    return this.runs.markObserved(tx, run.organizationId, run.id, this.clock.now());
  }

  /** Tells workers and watchers that the organization's runs changed. */
  announce(organizationId: string): void {
    this.notifier.publish('ps_runs', organizationId);
  }

  /** Newest first. */
  list(organizationId: string, limit: number): Promise<Run[]> {
    return this.runs.list(organizationId, limit);
  }

  async get(organizationId: string, runId: string): Promise<Run> {
    const run = await this.runs.find(organizationId, runId);
    if (!run) throw new RunNotFoundError(runId);
    return run;
  }

  /** Why a run has not started, for people; null when it has. */
  async waiting(run: Run): Promise<Waiting | null> {
    if (run.status !== 'queued') return null;
    const place = await this.runs.place(run.organizationId, run.id);
    if (!place) return null;
    if (await this.settings.get('provisioningDisabled'))
      return { position: place.ahead + 1, reason: 'provisioning is disabled for the whole installation' };
    const reason =
      place.blockedBy !== null
        ? `run ${place.blockedBy} of this organization has to end first`
        : `it is number ${place.ahead + 1} in the queue and waits for a free slot`;
    return { position: place.ahead + 1, reason };
  }

  /**
   * Cancels a run: at once when it has not started, otherwise Terraform is interrupted once and the run stays
   * `canceling` until the process is gone. Cancelling again changes nothing; cancelling what the service itself is
   * stopping makes it a person's decision, which is not tried again.
   */
  async cancel(organizationId: string, runId: string, actor: Actor): Promise<Run> {
    const who = actorLabel(actor);
    await this.transactions.run(async (tx) => {
      // Locked: of two cancels at once the second must see `canceling`, or it would end the run under a living Terraform.
      const run = await this.runs.lock(tx, organizationId, runId);
      if (!run) throw new RunNotFoundError(runId);
      if (run.status === 'canceling') return this.runs.adoptCancel(tx, run, who, this.clock.now());
      const to = run.status === 'queued' ? 'canceled' : 'canceling';
      const cause = { actor: who, reason: 'cancel was asked for' };
      const values = { cancelRequestedBy: who, now: this.clock.now() };
      if (!(await this.runs.transition(tx, run, to, cause, values)))
        throw new RunAlreadyFinishedError(runId, run.status);
    });
    this.notifier.publish('ps_run_cancel', runId);
    this.announce(organizationId);
    return this.get(organizationId, runId);
  }
}
