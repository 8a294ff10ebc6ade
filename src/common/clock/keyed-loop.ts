import { errorMessage } from '../errors/domain-error.js';
import { type Clock, type Timer } from './clock.js';
import { PollingLoop } from './polling-loop.js';

export interface KeyedLoopOptions {
  /** As in `cluster reconciler`; for messages. */
  name: string;
  /** How often `find` looks at everything, in milliseconds. This is the guarantee; a wake-up is a hint. */
  sweepIntervalMs: number;
  clock: Clock;
  /** Keys that need work although nobody named them; at a sweep, all that may need it. */
  find: (isSweep: boolean) => Promise<string[]>;
  /** Level-triggered and idempotent. What it throws concerns its key alone, which the next sweep tries again. */
  work: (key: string) => Promise<void>;
  /** After the keys of a pass. */
  afterPass?: () => Promise<void>;
  logError: (message: string) => void;
}

/** Works through keys as they are named, one after the other, and through all of them at each sweep. */
export class KeyedLoop {
  private readonly dirty = new Set<string>();
  private readonly appointments = new Map<string, Timer>();
  private readonly loop: PollingLoop;
  private isSweepDue = true;
  private sweepTimer: Timer | null = null;

  constructor(private readonly options: KeyedLoopOptions) {
    this.loop = new PollingLoop({
      name: options.name,
      intervalMs: options.sweepIntervalMs,
      clock: options.clock,
      pass: () => this.pass(),
      onError: (error) => {
        options.logError(`The ${options.name} could not look for work, trying again: ${errorMessage(error)}`);
      },
    });
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    this.sweepTimer?.cancel();
    for (const timer of this.appointments.values()) timer.cancel();
    await this.loop.stop();
  }

  /** Null: any of them may need work. */
  wake(key: string | null): void {
    if (key === null) this.isSweepDue = true;
    else this.dirty.add(key);
    this.loop.wake();
  }

  /** Lets `find` look again, without a sweep. */
  look(): void {
    this.loop.wake();
  }

  /** Wakes the key at a time to come; the last time named counts. */
  wakeAt(key: string, at: Date): void {
    const { clock } = this.options;
    this.appointments.get(key)?.cancel();
    const timer = clock.schedule(at.getTime() - clock.now().getTime(), () => {
      this.appointments.delete(key);
      this.wake(key);
    });
    this.appointments.set(key, timer);
  }

  private async pass(): Promise<void> {
    const found = await this.find();
    // Taken and cleared at one go, after the read: a hint that comes during it is not lost, nor one before a read that fails.
    const keys = new Set([...this.dirty, ...found]);
    this.dirty.clear();
    for (const key of keys) await this.workOn(key);
    await this.options.afterPass?.();
  }

  private async find(): Promise<string[]> {
    const isSweep = this.isSweepDue;
    this.isSweepDue = false;
    if (isSweep) this.scheduleSweep();
    try {
      return await this.options.find(isSweep);
    } catch (error) {
      this.isSweepDue ||= isSweep;
      throw error;
    }
  }

  private scheduleSweep(): void {
    this.sweepTimer?.cancel();
    this.sweepTimer = this.options.clock.schedule(this.options.sweepIntervalMs, () => {
      this.wake(null);
    });
  }

  /** One key's failure must not keep the others waiting. */
  private async workOn(key: string): Promise<void> {
    try {
      await this.options.work(key);
    } catch (error) {
      this.options.logError(`The ${this.options.name} failed at ${key}, trying again later: ${errorMessage(error)}`);
    }
  }
}
