import { type Run } from '../provisioning.types.js';
import { isTerminal } from './run-status.js';

/** Of a run, what has gone by when its plan is there; the rest is applying it. */
const PLANNED_PERCENT = 20;
const PERCENT_BEFORE: Partial<Record<Run['status'], number>> = { queued: 0, preparing: 2, planning: 10 };

/** How far a run is, 0 to 100. Never says 100 before the run has ended. */
export function percentDone({ status, plannedChanges, completedChanges }: Run): number {
  if (isTerminal(status)) return 100;
  const before = PERCENT_BEFORE[status];
  if (before !== undefined) return before;
  const done = plannedChanges ? Math.min(1, completedChanges / plannedChanges) : 0;
  return Math.min(99, Math.round(PLANNED_PERCENT + (100 - PLANNED_PERCENT) * done));
}

/** Seconds a run spent in each status it has been in, in that order; the present one counts until `now`. */
export function durations({ statusTimes, finishedAt }: Run, now: Date): { status: string; seconds: number }[] {
  const entered = Object.entries(statusTimes)
    .map(([status, at]) => ({ status, at: Date.parse(at) }))
    .sort((a, b) => a.at - b.at);
  const end = (finishedAt ?? now).getTime();
  return entered
    .map(({ status, at }, index) => ({ status, seconds: ((entered[index + 1]?.at ?? end) - at) / 1000 }))
    .filter(({ status }) => !isTerminal(status as Run['status']));
}

export interface CancelGrace {
  planSeconds: number;
  applySeconds: number;
}

/**
 * Until when a run that was asked to stop is left in peace; null when it was not, or has ended. What is at work cannot
 * always be interrupted, and killing it costs what is not in the state yet.
 */
export function graceEndsAt(run: Run, { planSeconds, applySeconds }: CancelGrace): Date | null {
  if (run.status !== 'canceling' || run.cancelRequestedAt === null) return null;
  const seconds = run.statusTimes.applying === undefined ? planSeconds : applySeconds;
  return new Date(run.cancelRequestedAt.getTime() + seconds * 1000);
}
