import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { PollingLoop } from '../../common/clock/polling-loop.js';
import { errorMessage } from '../../common/errors/domain-error.js';
import { AppConfig } from '../../config/app-config.js';
import { RunQueueRepository } from './run-queue.repository.js';
import { RunSessions } from './run-sessions.js';

/** Renews the lease of the runs this worker owns, and learns from the same statement which are to be cancelled. */
@Injectable()
export class RunHeartbeat {
  private readonly logger = new Logger(RunHeartbeat.name);
  private loop: PollingLoop | null = null;

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
        this.logger.error(`Could not renew the lease of running runs: ${errorMessage(error)}`);
      },
    });
    this.loop.start();
  }

  beatNow(): void {
    this.loop?.wake();
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
  }

  private async beat(workerId: string): Promise<void> {
    for (const { id, isCancelRequested } of await this.queue.heartbeat(workerId, this.clock.now())) {
      if (isCancelRequested) this.sessions.interrupt(id, 'cancel');
    }
  }
}
