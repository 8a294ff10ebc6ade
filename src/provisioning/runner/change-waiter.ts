import { type FSWatcher, watch } from 'node:fs';
import { type Clock } from '../../common/clock/clock.js';
import { hasErrorCode } from '../../common/errors/domain-error.js';

/** What watch() fails with when inotify instances, watches or file descriptors are used up, or nothing can be watched. */
const WATCH_LIMITS = ['EMFILE', 'ENFILE', 'ENOSPC', 'ENOSYS', 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM'];

/** Waits for anything to happen in a directory. The watch makes it quick; the poll makes it sure. */
export class ChangeWaiter {
  private readonly watcher: FSWatcher | null;
  private hasChanged = false;
  private wake: (() => void) | null = null;

  constructor(
    directory: string,
    private readonly pollMs: number,
    private readonly clock: Clock,
  ) {
    this.watcher = watchIfPossible(directory, () => {
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
    this.watcher?.close();
  }
}

/** Null where watches have run out or do not exist: the poll finds everything, only later. */
function watchIfPossible(directory: string, onChange: () => void): FSWatcher | null {
  try {
    // A watch that breaks later counts as a change: whoever waits looks, and then polls.
    return watch(directory, onChange).on('error', onChange);
  } catch (error) {
    if (WATCH_LIMITS.some((code) => hasErrorCode(error, code))) return null;
    throw error;
  }
}
