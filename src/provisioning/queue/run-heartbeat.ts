import { Injectable, Logger } from '@nestjs/common';
import { Clock, type Timer } from '../../common/clock/clock.js';
import { PollingLoop } from '../../common/clock/polling-loop.js';
import { errorMessage } from '../../common/errors/domain-error.js';
import { AppConfig } from '../../config/app-config.js';
import { reasonOf } from '../runner/run-interrupt.js';
import { RunQueueRepository } from './run-queue.repository.js';
import { RunSessions } from './run-sessions.js';

/** Part of the time after which others may take a run over; what has no contact for so long begins no change any more. */
const GIVE_UP_AFTER = 2 / 3;

/**
 * Renews the lease of the runs this worker executes, and learns from the same statement which are to be stopped, and which
 * are its own no more.
 */
@Injectable()
export class RunHeartbeat {
  private readonly logger = new Logger(RunHeartbeat.name);
  private loop: PollingLoop | null = null;
  private giveUp: Timer | null = null;
  private isFailing = false;

  constructor(
    private readonly queue: RunQueueRepository,
    private readonly sessions: RunSessions,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  start(workerId: string): void {
    this.loop = new PollingLoop({
      name: 'run heartbeat',
      intervalMs: this.config.env.PS_RUN_HEARTBEAT_SECONDS * 1000,
      clock: this.clock,
      pass: () => this.beat(workerId),
      onError: (error) => {
        this.failed(error);
      },
    });
    this.inContact();
    this.loop.start();
  }

  beatNow(): void {
    this.loop?.wake();
  }

  async stop(): Promise<void> {
    this.giveUp?.cancel();
    await this.loop?.stop();
  }

  private async beat(workerId: string): Promise<void> {
    const executing = this.sessions.all.map(({ id }) => id);
    const answers = await this.queue.heartbeat(workerId, executing);
    this.inContact();
    const owned = new Set(answers.map(({ id }) => id));
    // A Terraform that prints nothing writes nothing that the fence could refuse, so only this tells. One that has just
    // ended is not owned either; there is nothing left to interrupt.
    for (const id of executing) if (!owned.has(id)) this.sessions.interrupt(id, 'fence_lost');
    for (const { id, cancelRequestedBy, isApproved, isForced } of answers) {
      if (isApproved) this.sessions.approve(id);
      if (cancelRequestedBy !== null) this.sessions.interrupt(id, reasonOf(cancelRequestedBy));
      // Not awaited: what cannot be killed at once must not cost the leases of all other runs.
      if (isForced) void this.sessions.force(id);
    }
  }

  /** Said once per outage: the next beat comes in seconds, and says nothing new. */
  private failed(error: unknown): void {
    if (this.isFailing) return;
    this.isFailing = true;
    const { PS_RUN_LOST_SECONDS: limit } = this.config.env;
    this.logger.error(
      `Could not renew the lease of running runs, trying again: ${errorMessage(error)}. After ${limit} seconds others take them over.`,
    );
  }

  /** A timer and not a count of failures: a statement that hangs must not put the decision off. */
  private inContact(): void {
    if (this.isFailing) this.logger.log('The lease of running runs is renewed again.');
    this.isFailing = false;
    this.giveUp?.cancel();
    this.giveUp = this.clock.schedule(this.config.env.PS_RUN_LOST_SECONDS * 1000 * GIVE_UP_AFTER, () => {
      this.sessions.interruptAll('out_of_contact');
    });
  }
}
