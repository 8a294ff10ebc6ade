import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { type CountedAttempt, type Counter, ThrottleRepository } from './throttle.repository.js';
import { TooManyAttemptsError } from './throttling.errors.js';
import { throttleRule, type ThrottleRuleName, type ThrottleSubjects } from './throttling.types.js';

/** Slows down guessing and flooding. The counters lie in Postgres, so a limit holds for all processes together. */
@Injectable()
export class ThrottleService {
  constructor(
    private readonly throttle: ThrottleRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs the attempt unless a subject had too many in its current window; then it does not run, nothing is counted, and
   * TooManyAttemptsError says when to come back. A result of null is a failed attempt, and so is one that throws.
   * Where a rule counts failures, a success forgets those of the subject `cleared` in its current window.
   */
  async guard<Rule extends ThrottleRuleName, T>(
    rule: Rule,
    subjects: ThrottleSubjects<Rule>,
    attempt: () => Promise<T>,
    cleared?: keyof ThrottleSubjects<Rule> & string,
  ): Promise<T> {
    const counters = countersOf(rule, subjects);
    // Counted before the answer is known: many attempts at once are as many attempts.
    const counted = await this.throttle.count(counters, this.clock.now());
    if (counted.length < counters.length) throw await this.refuse(counters, counted);
    const result = await attempt();
    if (result !== null && throttleRule(rule).counts === 'failures')
      await this.throttle.giveBack(counted, cleared === undefined ? null : keyOf(rule, cleared, subjects[cleared]));
    return result;
  }

  private async refuse(counters: Counter[], counted: CountedAttempt[]): Promise<TooManyAttemptsError> {
    await this.throttle.giveBack(counted);
    const full = counters.filter(({ key }) => !counted.some((attempt) => attempt.key.equals(key)));
    const end = await this.throttle.lastEnd(full.map(({ key }) => key));
    const seconds = Math.ceil(((end?.getTime() ?? 0) - this.clock.now().getTime()) / 1000);
    return new TooManyAttemptsError(Math.max(seconds, 1));
  }
}

function countersOf<Rule extends ThrottleRuleName>(rule: Rule, subjects: ThrottleSubjects<Rule>): Counter[] {
  return Object.entries(throttleRule(rule).limits).map(([kind, { attempts, windowSeconds }]) => {
    const subject = (subjects as Record<string, string>)[kind];
    if (subject === undefined) throw new Error(`The throttle rule ${rule} needs a subject of the kind ${kind}`);
    return { key: keyOf(rule, kind, subject), allowed: attempts, windowSeconds };
  });
}

function keyOf(rule: string, kind: string, subject: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([rule, kind, subject]))
    .digest();
}
