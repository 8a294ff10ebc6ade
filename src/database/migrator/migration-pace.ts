/** How patient a migration is, in milliseconds unless the name says otherwise. Tests are less so. */
export interface MigrationPace {
  /** Between two tries to get the lock: grows from the first to the last, so that short waits stay short. */
  firstPollMs: number;
  longestPollMs: number;
  /** How often a wait for the lock, and a migration that takes its time, say so. */
  reportMs: number;
  /** What a statement may wait for a lock on a table: longer would hold up everybody who comes after it. */
  tableLockMs: number;
  /** How often a migration that did not get such a lock is tried again, and after what pause. */
  tableLockRetries: number;
  retryPauseMs: number;
  /** After which Postgres ends a transaction that does nothing. */
  idleTransactionMs: number;
}

export const DEFAULT_PACE: MigrationPace = {
  firstPollMs: 50,
  longestPollMs: 1_000,
  reportMs: 10_000,
  tableLockMs: 5_000,
  tableLockRetries: 5,
  retryPauseMs: 1_000,
  idleTransactionMs: 60_000,
};

const POLL_GROWTH = 1.5;
const JITTER = 0.2;

export function nextPoll(pause: number, pace: MigrationPace): number {
  return Math.min(pause * POLL_GROWTH, pace.longestPollMs);
}

/** Keeps those who began together from asking together for ever. Up to a fifth less, so that the longest pause stays what it says. */
export function withJitter(milliseconds: number, random = Math.random()): number {
  return milliseconds * (1 - JITTER * random);
}
