import { type Clock } from '../../common/clock/clock.js';
import { type RunInterrupt } from './run-interrupt.js';

/** Somebody's agreement to a plan. While it is awaited the run uses no slot. */
export class RunApproval {
  private isGranted = false;
  private wake: (() => void) | null = null;
  isAwaited = false;

  grant(): void {
    this.isGranted = true;
    this.wake?.();
  }

  /** Resolves when it is granted, when the run is interrupted, or after so many seconds. */
  async wait(clock: Clock, limitSeconds: number, interrupt: RunInterrupt): Promise<'granted' | 'interrupted' | 'late'> {
    this.isAwaited = true;
    try {
      return await new Promise((resolve) => {
        const limit = clock.schedule(limitSeconds * 1000, () => {
          resolve('late');
        });
        const settle = (): void => {
          limit.cancel();
          resolve(interrupt.requested ? 'interrupted' : 'granted');
        };
        this.wake = settle;
        interrupt.onRequest(settle);
        if (this.isGranted) settle();
      });
    } finally {
      this.isAwaited = false;
      this.wake = null;
    }
  }
}
