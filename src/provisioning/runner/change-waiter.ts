import { type FSWatcher, watch } from 'node:fs';
import { type Clock } from '../../common/clock/clock.js';

/** Waits for anything to happen in a directory. The watch makes it quick; the poll makes it sure. */
export class ChangeWaiter {
  private readonly watcher: FSWatcher;
  private hasChanged = false;
  private wake: (() => void) | null = null;

  constructor(
    directory: string,
    private readonly pollMs: number,
    private readonly clock: Clock,
  ) {
    this.watcher = watch(directory, () => {
      this.notify();
    });
    // Some file systems cannot be watched for long; the poll still finds everything.
    this.watcher.on('error', () => {
      this.notify();
    });
  }

  /** Something else than the directory changed. */
  notify(): void {
    this.hasChanged = true;
    this.wake?.();
  }

  /** Resolves at the next change, at once if there was one since the last wait, or after the poll interval. */
  async next(): Promise<void> {
    if (!this.hasChanged) {
      await new Promise<void>((resolve) => {
        const timer = this.clock.schedule(this.pollMs, resolve);
        this.wake = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    this.wake = null;
    this.hasChanged = false;
  }

  close(): void {
    this.watcher.close();
  }
}
