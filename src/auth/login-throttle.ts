import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../common/clock/clock.js';
import { TooManyAttemptsError } from './auth.errors.js';

const WINDOW_SECONDS = 300;
/** Old clients try a wrong password twice at once, so they get more room. */
const LIMITS = { session: 10, organization: 30 };
const REMEMBERED = 50_000;

interface Failures {
  count: number;
  /** Seconds since the epoch. */
  since: number;
}

/** Slows down guessing: failed logins per kind, account and address in a sliding window. In memory, bounded. */
@Injectable()
export class LoginThrottle {
  private readonly failures = new LRUCache<string, Failures>({ max: REMEMBERED });

  constructor(private readonly clock: Clock) {}

  /** Runs the attempt unless there were too many failed ones; null counts as a failed one. Throws TooManyAttemptsError. */
  async guard<T>(
    kind: keyof typeof LIMITS,
    username: string,
    address: string,
    attempt: () => Promise<T | null>,
  ): Promise<T | null> {
    const key = JSON.stringify([kind, username.slice(0, 150).toLowerCase(), address]);
    const now = this.clock.nowSeconds();
    const recent = this.recent(key, now);
    if (recent.count >= LIMITS[kind]) throw new TooManyAttemptsError(recent.since + WINDOW_SECONDS - now);
    // Counted before the answer is known: many attempts at once are as many attempts.
    this.failures.set(key, { ...recent, count: recent.count + 1 });
    const result = await attempt();
    if (result !== null) this.failures.delete(key);
    return result;
  }

  private recent(key: string, now: number): Failures {
    const known = this.failures.get(key);
    return known && now - known.since < WINDOW_SECONDS ? known : { count: 0, since: now };
  }
}
