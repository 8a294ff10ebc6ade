import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { PollingLoop } from '../common/clock/polling-loop.js';
import { errorMessage } from '../common/errors/domain-error.js';
import { ExpiredRows } from './expired-rows.js';

const INTERVAL_MS = 3_600_000;

/** Removes expired rows at start and every hour. */
@Injectable()
export class ExpiredRowsLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ExpiredRowsLoop.name);
  private readonly loop: PollingLoop;

  constructor(
    private readonly expired: ExpiredRows,
    clock: Clock,
  ) {
    this.loop = new PollingLoop({
      name: 'expired-rows',
      intervalMs: INTERVAL_MS,
      clock,
      pass: () => this.pass(),
      onError: (error) => {
        this.logger.error(`Could not remove expired rows, trying again in an hour: ${errorMessage(error)}`);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  private async pass(): Promise<void> {
    const deleted = Object.entries(await this.expired.flush()).filter(([, count]) => count > 0);
    if (deleted.length === 0) return;
    this.logger.log(`Removed expired rows: ${deleted.map(([table, count]) => `${table} ${count}`).join(', ')}`);
  }
}
