import { Clock, type Timer } from '../../src/common/clock/clock.js';

interface Pending {
  at: number;
  callback: () => void;
}

/** A clock that stands still until a test moves it; timers fire in order while it moves. */
export class TestClock extends Clock {
  private readonly pending = new Set<Pending>();
  private current: number;
  private offset = 0;

  constructor(start = '2026-03-01T12:00:00Z') {
    super();
    this.current = Date.parse(start);
  }

  now(): Date {
    return new Date(this.current + this.offset);
  }

  elapsedMs(): number {
    return this.current;
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const timer = { at: this.current + Math.max(delayMs, 0), callback };
    this.pending.add(timer);
    return { cancel: () => this.pending.delete(timer) };
  }

  advance(milliseconds: number): void {
    const end = this.current + milliseconds;
    for (let due = this.nextDue(end); due; due = this.nextDue(end)) {
      this.pending.delete(due);
      this.current = Math.max(this.current, due.at);
      due.callback();
    }
    this.current = end;
  }

  /** Is set to another time, which no timer notices: they count what passes. */
  jump(milliseconds: number): void {
    this.offset += milliseconds;
  }

  private nextDue(end: number): Pending | undefined {
    return [...this.pending].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
