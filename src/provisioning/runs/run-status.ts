/** Every status of a run. The two groups are what indexes, claims and clients distinguish. */
export const ACTIVE_STATUSES = [
  'preparing',
  'planning',
  'awaiting_approval',
  'applying',
  'finalizing',
  'canceling',
  'lost',
  'recovering',
] as const;

export const TERMINAL_STATUSES = [
  'succeeded',
  'no_changes',
  'failed',
  'canceled',
  'force_canceled',
  'superseded',
] as const;

export type ActiveRunStatus = (typeof ACTIVE_STATUSES)[number];
export type TerminalRunStatus = (typeof TERMINAL_STATUSES)[number];
export type RunStatus = 'queued' | ActiveRunStatus | TerminalRunStatus;

/**
 * The state machine of a run: which statuses may follow which. Every change of status goes through it, and terminal
 * means terminal. `lost` is a run whose worker is gone; its new owner resumes it from the start of the step list,
 * which re-attaches to whatever is already running. `recovering` is also what an
 * administrator's force-unlock passes through: the run fails, and nobody goes on with it.
 */
const NEXT: Record<RunStatus, readonly RunStatus[]> = {
  queued: ['preparing', 'superseded', 'canceled'],
  preparing: ['planning', 'succeeded', 'failed', 'canceling', 'lost', 'recovering'],
  planning: ['no_changes', 'succeeded', 'awaiting_approval', 'applying', 'failed', 'canceling', 'lost', 'recovering'],
  awaiting_approval: ['applying', 'failed', 'canceling', 'lost', 'recovering'],
  applying: ['finalizing', 'failed', 'canceling', 'lost', 'recovering'],
  finalizing: ['succeeded', 'failed', 'canceling', 'lost', 'recovering'],
  canceling: ['canceled', 'succeeded', 'no_changes', 'failed', 'lost', 'recovering'],
  lost: ['preparing', 'canceling', 'recovering'],
  recovering: ['failed', 'force_canceled', 'lost'],
  succeeded: [],
  no_changes: [],
  failed: [],
  canceled: [],
  force_canceled: [],
  superseded: [],
};

export function canTransition(from: RunStatus, to: RunStatus): boolean {
  return NEXT[from].includes(to);
}

/** The statuses from which `to` may be entered, for a conditional update. */
export function statusesBefore(to: RunStatus): RunStatus[] {
  return (Object.keys(NEXT) as RunStatus[]).filter((from) => canTransition(from, to));
}

export function isTerminal(status: RunStatus): status is TerminalRunStatus {
  return NEXT[status].length === 0;
}

export function isActive(status: RunStatus): status is ActiveRunStatus {
  return (ACTIVE_STATUSES as readonly RunStatus[]).includes(status);
}
