/** A pending timer; cancelling one that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** The only source of time. Production uses {@link SystemClock}; tests move time by hand. */
export abstract class Clock {
  abstract now(): Date;

  /** Milliseconds since some moment, for differences: it goes on evenly when somebody sets the time of day. */
  abstract elapsedMs(): number;

  /** Calls `callback` once, `delayMs` milliseconds from now. */
  abstract schedule(delayMs: number, callback: () => void): Timer;

  /** Current time in whole seconds since the epoch, the unit of JWT claims. */
  nowSeconds(): number {
    return Math.floor(this.now().getTime() / 1000);
  }
}

/** setTimeout takes at most 2^31-1 ms; longer waits are cut and the caller's loop simply looks again. */
const LONGEST_TIMER_MS = 2_147_483_647;

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }

  elapsedMs(): number {
    return performance.now();
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const handle = setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
    return {
      cancel: () => {
        clearTimeout(handle);
      },
    };
  }
}
