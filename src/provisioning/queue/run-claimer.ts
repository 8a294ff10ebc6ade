import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { AppConfig } from '../../config/app-config.js';
import { violatedUniqueConstraint } from '../../database/sql.js';
import { type Transaction, Transactions } from '../../database/transaction.js';
import { SettingsService } from '../../settings/settings.service.js';
import { type RunKind } from '../provisioning.types.js';
import { type ClaimedRun } from '../runner/run-journal.js';
import { RunsRepository } from '../runs/runs.repository.js';
import { type OrphanCandidate, RunQueueRepository } from './run-queue.repository.js';
import { isWorkerAlive, type WorkerIdentity } from './worker-identity.js';

export interface TakenRun {
  run: ClaimedRun;
  /** A run whose worker died on this host can be re-attached to; of one from another host only its state is left. */
  how: 'execute' | 'recover';
}

/** How runs come to this worker: from the queue, or from a worker that is gone. */
@Injectable()
export class RunClaimer {
  constructor(
    private readonly queue: RunQueueRepository,
    private readonly runs: RunsRepository,
    private readonly transactions: Transactions,
    private readonly settings: SettingsService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Claims the most urgent waiting run, or null when there is none or provisioning is disabled. Of two workers that try at once exactly one gets it. */
  async claimNext(worker: WorkerIdentity, kinds: RunKind[]): Promise<ClaimedRun | null> {
    try {
      return await this.transactions.run(async (tx) => {
        if (await this.settings.get('provisioningDisabled', tx)) return null;
        const candidate = await this.queue.lockNext(tx, kinds);
        if (!candidate) return null;
        const now = this.clock.now();
        await this.runs.transition(tx, candidate, 'preparing', { actor: 'system:worker', reason: 'claimed' }, { now });
        return this.queue.own(tx, candidate, worker, now, false);
      });
    } catch (error) {
      // Two workers claimed runs of one organization at the same instant; the index let one through.
      if (violatedUniqueConstraint(error) === 'uq_runs_active') return null;
      throw error;
    }
  }

  /**
   * Takes over the runs of workers that are dead (same host, proven) or silent for too long (another host), and runs of
   * this worker that it is not executing. All of them at once, whatever slots are free: what they started may still be
   * at work, and looking after it is no new load.
   */
  takeOver(worker: WorkerIdentity, executing: string[]): Promise<TakenRun[]> {
    return this.transactions.run(async (tx) => {
      const now = this.clock.now();
      const lostSeconds = this.config.env.PS_RUN_LOST_SECONDS;
      const candidates = await this.queue.lockOrphanCandidates(tx, executing, lostSeconds);
      const taken: TakenRun[] = [];
      for (const candidate of candidates) {
        const how = takeoverOf(candidate, worker);
        if (how) taken.push(await this.takeOne(tx, candidate, worker, how, now));
      }
      return taken;
    });
  }

  private async takeOne(
    tx: Transaction,
    orphan: OrphanCandidate,
    worker: WorkerIdentity,
    how: TakenRun['how'],
    now: Date,
  ): Promise<TakenRun> {
    const because = (reason: string) => ({ actor: 'system:worker', reason });
    const wasCanceling = orphan.status === 'canceling';
    await this.runs.transition(tx, orphan, 'lost', because('its worker is gone'), { now });
    // A cancel that was under way when the worker died goes on; its one signal is not sent again.
    const to = how === 'recover' ? 'recovering' : wasCanceling ? 'canceling' : 'preparing';
    await this.runs.transition(tx, orphan, to, because('taken over'), { now });
    return { run: await this.queue.own(tx, orphan, worker, now, true), how };
  }
}

/** Proof of death on the same host; elsewhere only an expired lease, which the new fence makes safe for our records. */
function takeoverOf(orphan: OrphanCandidate, worker: WorkerIdentity): TakenRun['how'] | null {
  if (orphan.workerHost === worker.host) {
    if (orphan.workerId !== worker.id && isWorkerAlive(orphan.workerProcess)) return null;
    return orphan.status === 'recovering' ? 'recover' : 'execute';
  }
  return orphan.isSilent ? 'recover' : null;
}
