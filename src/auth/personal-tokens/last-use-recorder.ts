import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Clock, type Timer } from '../../common/clock/clock.js';
import { errorMessage } from '../../common/errors/domain-error.js';
import { PersonalTokensRepository } from './personal-tokens.repository.js';

const INTERVAL_MS = 60_000;

/**
 * Writes when tokens were used last, all of them at most once a minute and never while a request waits. What a crash
 * loses is one minute of a date that serves to find tokens nobody uses.
 */
@Injectable()
export class LastUseRecorder implements BeforeApplicationShutdown {
  private readonly logger = new Logger(LastUseRecorder.name);
  private readonly uses = new Map<string, Date>();
  private timer: Timer | null = null;
  private isClosed = false;

  constructor(
    private readonly tokens: PersonalTokensRepository,
    private readonly clock: Clock,
  ) {}

  note(id: string): void {
    if (this.isClosed) return;
    this.uses.set(id, this.clock.now());
    this.timer ??= this.clock.schedule(INTERVAL_MS, () => void this.flush());
  }

  /** Before the connections to Postgres close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    this.timer?.cancel();
    await this.flush();
  }

  private async flush(): Promise<void> {
    this.timer = null;
    if (this.uses.size === 0) return;
    const uses = [...this.uses].map(([id, usedAt]) => ({ id, usedAt }));
    this.uses.clear();
    try {
      await this.tokens.saveLastUse(uses);
    } catch (error) {
      this.logger.warn(`Could not write when ${uses.length} personal tokens were used last: ${errorMessage(error)}`);
    }
  }
}
