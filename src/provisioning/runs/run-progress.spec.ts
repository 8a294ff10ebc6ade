import fc from 'fast-check';
import { type Run } from '../provisioning.types.js';
import { durations, graceEndsAt, percentDone } from './run-progress.js';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 1, 12, 0, seconds));
const run = (over: Partial<Run>): Run =>
  ({
    status: 'applying',
    plannedChanges: null,
    completedChanges: 0,
    statusTimes: {},
    finishedAt: null,
    cancelRequestedAt: null,
    ...over,
  }) as Run;

describe('how far a run is', () => {
  it('never goes back while it applies, and is never done before the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(600), (plannedChanges, completedChanges) => {
        const percent = percentDone(run({ plannedChanges, completedChanges }));
        expect(percent).toBeGreaterThanOrEqual(percentDone(run({ plannedChanges, completedChanges: 0 })));
        expect(percent).toBeLessThan(100);
        expect(percentDone(run({ plannedChanges, completedChanges: completedChanges + 1 }))).toBeGreaterThanOrEqual(
          percent,
        );
      }),
    );
  });

  it.each([
    ['queued', 0],
    ['planning', 10],
    ['awaiting_approval', 20],
    ['failed', 100],
  ] as const)('says of a run that is %s: %i percent', (status, percent) => {
    expect(percentDone(run({ status }))).toBe(percent);
  });
});

describe('where the time of a run went', () => {
  it('counts each status until the next, and the present one until now', () => {
    const statusTimes = {
      preparing: at(0).toISOString(),
      planning: at(2).toISOString(),
      applying: at(5).toISOString(),
    };
    expect(durations(run({ statusTimes }), at(9))).toEqual([
      { status: 'preparing', seconds: 2 },
      { status: 'planning', seconds: 3 },
      { status: 'applying', seconds: 4 },
    ]);
    const ended = { ...statusTimes, succeeded: at(7).toISOString() };
    expect(durations(run({ statusTimes: ended, finishedAt: at(7) }), at(99)).at(-1)).toEqual({
      status: 'applying',
      seconds: 2,
    });
  });
});

describe('the grace of a cancelled run', () => {
  const grace = { planSeconds: 300, applySeconds: 900 };

  it('is longer once something is being changed', () => {
    const canceling = { status: 'canceling' as const, cancelRequestedAt: at(0) };
    expect(graceEndsAt(run(canceling), grace)).toEqual(at(300));
    expect(graceEndsAt(run({ ...canceling, statusTimes: { applying: at(0).toISOString() } }), grace)).toEqual(at(900));
  });

  it('is none of a run that nobody stops, or that has ended', () => {
    expect(graceEndsAt(run({}), grace)).toBeNull();
    expect(graceEndsAt(run({ status: 'canceled', cancelRequestedAt: at(0) }), grace)).toBeNull();
  });
});
