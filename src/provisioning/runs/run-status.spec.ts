import fc from 'fast-check';
import {
  ACTIVE_STATUSES,
  canTransition,
  isTerminal,
  type RunStatus,
  statusesBefore,
  TERMINAL_STATUSES,
} from './run-status.js';

const ALL: RunStatus[] = ['queued', ...ACTIVE_STATUSES, ...TERMINAL_STATUSES];

describe('the state machine of a run', () => {
  it('never leaves a terminal status', () => {
    for (const from of TERMINAL_STATUSES) for (const to of ALL) expect(canTransition(from, to)).toBe(false);
  });

  it('can always end: from every status a terminal one is reachable', () => {
    const reachesEnd = (status: RunStatus, seen = new Set<RunStatus>()): boolean => {
      if (isTerminal(status)) return true;
      if (seen.has(status)) return false;
      return ALL.some((next) => canTransition(status, next) && reachesEnd(next, new Set([...seen, status])));
    };
    for (const status of ALL) expect([status, reachesEnd(status)]).toEqual([status, true]);
  });

  it('applies only what was planned, and ends an apply only through the storing of its state', () => {
    expect(statusesBefore('applying')).toEqual(['planning', 'awaiting_approval']);
    expect(canTransition('applying', 'succeeded')).toBe(false);
    expect(statusesBefore('succeeded')).toEqual(['preparing', 'planning', 'finalizing', 'canceling']);
  });

  it('recognises a lost worker in every active status, and only there', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALL), (status) => {
        const isActive = (ACTIVE_STATUSES as readonly string[]).includes(status);
        return canTransition(status, 'lost') === (isActive && status !== 'lost');
      }),
    );
  });

  it('supersedes only what has not started', () => {
    expect(statusesBefore('superseded')).toEqual(['queued']);
  });
});
