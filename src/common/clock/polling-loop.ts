import { type Clock, type Timer } from './clock.js';

export interface PollingLoopOptions {
  name: string;
  /** How long to sleep when nobody wakes the loop, in milliseconds. This poll is the guarantee; a wake-up is a hint. */
  intervalMs: number;
  clock: Clock;
  /** One level-triggered, idempotent pass over the work there is. */
  pass: () => Promise<void>;
  /** Called with what a pass threw; the loop goes on. */
  onError: (error: unknown) => void;
}

/**
 * Runs a pass now, whenever woken, and at least once per interval; never two at a time. A wake-up during a pass
 * causes exactly one more pass, so no change is missed and none is processed by two passes at once.
 */
export class PollingLoop {
  private running: Promise<void> | null = null;
  private wanted = false;
  private stopped = true;
  private timer: Timer | null = null;

  constructor(private readonly options: PollingLoopOptions) {}

  start(): void {
    this.stopped = false;
    this.wake();
  }

  wake(): void {
    if (this.stopped) return;
    this.wanted = true;
    this.running ??= this.drain();
  }

  /** Lets the pass in progress finish and starts no other. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.running;
  }

  /** Resolves when no pass is running and none is wanted. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private async drain(): Promise<void> {
    this.timer?.cancel();
    await Promise.resolve();
    while (this.wanted && !this.isStopped()) {
      this.wanted = false;
      try {
        await this.options.pass();
      } catch (error) {
        this.options.onError(error);
      }
    }
    this.running = null;
    if (!this.isStopped()) {
      this.timer = this.options.clock.schedule(this.options.intervalMs, () => {
        this.wake();
      });
    }
  }

  /** A method, so that the compiler does not take the flag for constant across an await. */
  private isStopped(): boolean {
    return this.stopped;
  }
}
