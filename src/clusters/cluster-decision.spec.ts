import fc from 'fast-check';
import {
  type ClusterState,
  decide,
  type DecisionInput,
  goalKey,
  MAX_UPDATE_ATTEMPTS,
  type RunInProgress,
} from './cluster-decision.js';

const CLEANUP_SECONDS = 3600;
const NOW = new Date('2026-03-01T12:00:00Z');
const organization = {
  name: 'lab',
  target: 'local' as const,
  clusterVersion: 'v4',
  isPublic: false,
  nodeConfiguration: null,
  availabilityZone: 'us-west-2c',
  spotAllocationStrategy: 'lowest-price' as const,
  spotMaxPrice: '0.1700',
  minNodes: 0,
  maxNodes: 10,
  provisioningSuspended: false,
};
const absent: ClusterState = {
  desiredNodes: 0,
  isRemovalDesired: true,
  isDeployed: false,
  isSettled: true,
  nodeCount: 0,
  clusterVersion: null,
  isPublic: false,
  nodeConfiguration: null,
  availabilityZone: null,
  spotAllocationStrategy: null,
  spotMaxPrice: null,
  failedWish: null,
  isHeld: false,
  halfBuiltAt: null,
  consecutiveFailures: 0,
  retryNotBefore: null,
};
const running = (nodes: number): ClusterState => ({
  ...absent,
  desiredNodes: nodes,
  isRemovalDesired: false,
  isDeployed: true,
  nodeCount: nodes,
  clusterVersion: 'v4',
  availabilityZone: 'us-west-2c',
  spotAllocationStrategy: 'lowest-price',
  spotMaxPrice: '0.1700',
});
const inputs = (nodes: number) => ({
  target: 'local' as const,
  organizationName: 'lab',
  nodes,
  clusterVersion: 'v4',
  isPublic: false,
  nodeConfiguration: null,
  availabilityZone: 'us-west-2c',
  spotAllocationStrategy: 'lowest-price',
  spotMaxPrice: '0.1700',
});
const update = (nodes: number): RunInProgress => ({
  kind: 'update',
  trigger: 'capacity',
  inputs: inputs(nodes),
  isPlanOnly: false,
});
const destroy: RunInProgress = { kind: 'destroy', trigger: 'capacity', inputs: inputs(0), isPlanOnly: false };
const ask = (cluster: ClusterState, rest: Partial<DecisionInput> = {}) =>
  decide({ organization, cluster, active: null, queued: null, now: NOW, cleanupSeconds: CLEANUP_SECONDS, ...rest });
const wishing = (cluster: ClusterState, nodes: number): ClusterState => ({
  ...cluster,
  desiredNodes: nodes,
  isRemovalDesired: false,
});

describe('decide', () => {
  it.each<[string, ClusterState, Partial<DecisionInput>, string]>([
    ['nothing wished, nothing there', absent, {}, 'none'],
    ['what is there is what is wished', running(3), {}, 'none'],
    ['nodes wished, nothing there', wishing(absent, 3), {}, 'enqueue update 3'],
    ['more nodes wished', wishing(running(3), 5), {}, 'enqueue update 5'],
    ['nobody needs it', { ...running(3), desiredNodes: 0, isRemovalDesired: true }, {}, 'enqueue destroy 0'],
    ['idle, but it must stay', { ...running(3), desiredNodes: 0 }, {}, 'enqueue update 0'],
    ['idle, never deployed, and it would stay', { ...absent, isRemovalDesired: false }, {}, 'none'],
    ['another version of the software', { ...running(3), clusterVersion: 'v3' }, {}, 'enqueue destroy 0'],
    ['no longer public', { ...running(3), isPublic: true }, {}, 'enqueue destroy 0'],
    ['another zone', { ...running(3), availabilityZone: 'us-west-2a' }, {}, 'enqueue destroy 0'],
    ['other nodes', { ...running(3), nodeConfiguration: 'gpu' }, {}, 'enqueue update 3'],
    ['another spot price', { ...running(3), spotMaxPrice: '0.2000' }, {}, 'enqueue update 3'],
    ['another spot strategy', { ...running(3), spotAllocationStrategy: 'x' }, {}, 'enqueue update 3'],
    ['built when nobody kept what with', { ...running(3), availabilityZone: null, nodeConfiguration: 'x' }, {}, 'none'],
    ['of no known version', { ...running(3), clusterVersion: '' }, {}, 'enqueue update 3'],
    ['the last run left it half built', { ...running(3), isSettled: false }, {}, 'enqueue update 3'],
    ['the run in progress brings it', wishing(absent, 3), { active: update(3) }, 'none'],
    ['a larger wish during a run', wishing(absent, 5), { active: update(3) }, 'enqueue update 5'],
    [
      'a newer wish replaces the follow-up',
      wishing(absent, 8),
      { active: update(3), queued: update(5) },
      'enqueue update 8',
    ],
    ['the follow-up is right already', wishing(absent, 5), { active: update(3), queued: update(5) }, 'none'],
    [
      'the wish returned to what the run brings',
      wishing(absent, 3),
      { active: update(3), queued: update(5) },
      'drop_queued',
    ],
    ['the wish ended before anything started', absent, { queued: update(5) }, 'drop_queued'],
    ['released while deploying', absent, { active: update(3) }, 'enqueue destroy 0'],
    ['asked again while destroying', wishing(running(3), 3), { active: destroy }, 'enqueue update 3'],
  ])('%s', (_, cluster, rest, expected) => {
    const decision = ask(cluster, rest);
    const goal = decision.action === 'enqueue' ? ` ${decision.goal.kind} ${decision.goal.inputs.nodes}` : '';
    expect(`${decision.action}${goal}`).toBe(expected);
  });

  it('starts nothing while provisioning is suspended, and drops what waits', () => {
    const suspended = { ...organization, provisioningSuspended: true };
    expect(ask(wishing(absent, 3), { organization: suspended }).action).toBe('none');
    expect(ask(wishing(absent, 3), { organization: suspended, queued: update(3) }).action).toBe('drop_queued');
  });

  it.each([
    ['a plan', { ...update(5), isPlanOnly: true }],
    ['a comparison with reality', { ...update(3), kind: 'refresh' as const }],
  ])('leaves alone %s somebody asked for, also while provisioning is suspended', (_, queued) => {
    expect(ask(running(3), { queued }).action).toBe('none');
    const suspended = { ...organization, provisioningSuspended: true };
    expect(ask(running(3), { organization: suspended, queued }).action).toBe('none');
  });

  const failedUpdate = (failures: number, retryNotBefore: Date | null): ClusterState => ({
    ...wishing(absent, 3),
    isSettled: false,
    failedWish: goalKey({ kind: 'update', inputs: inputs(3) }),
    consecutiveFailures: failures,
    retryNotBefore,
  });

  it('waits before it tries a failed update again, gives up after a few, and starts afresh with a new wish', () => {
    const later = new Date(NOW.getTime() + 60_000);
    expect(ask(failedUpdate(1, later))).toEqual({ action: 'wait', until: later });
    expect(ask(failedUpdate(1, NOW))).toMatchObject({ action: 'enqueue', trigger: 'retry' });
    expect(ask(failedUpdate(MAX_UPDATE_ATTEMPTS, NOW)).action).toBe('none');
    expect(ask(wishing(failedUpdate(MAX_UPDATE_ATTEMPTS, later), 4))).toMatchObject({
      action: 'enqueue',
      trigger: 'capacity',
    });
  });

  it('does not repeat an update a person cancelled', () => {
    expect(ask({ ...failedUpdate(0, null), isHeld: true }).action).toBe('none');
    expect(ask({ ...wishing(failedUpdate(0, null), 4), isHeld: true }).action).toBe('enqueue');
  });

  describe('what a first deployment left that is not tried again', () => {
    const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
    const halfBuilt = (over: Partial<ClusterState> = {}): ClusterState => ({
      ...failedUpdate(MAX_UPDATE_ATTEMPTS, NOW),
      isDeployed: true,
      nodeCount: 1,
      clusterVersion: 'v4',
      halfBuiltAt: ago(CLEANUP_SECONDS),
      ...over,
    });
    const cleanup: RunInProgress = { ...destroy, trigger: 'cleanup' };

    it('is taken down when its time is over, also when a person cancelled it, or when no state knows of anything', () => {
      const expected = { action: 'enqueue', trigger: 'cleanup', goal: { kind: 'destroy', inputs: { nodes: 0 } } };
      expect(ask(halfBuilt())).toMatchObject(expected);
      expect(ask(halfBuilt({ isHeld: true, consecutiveFailures: 0 }))).toMatchObject(expected);
      expect(ask(halfBuilt({ isDeployed: false }))).toMatchObject(expected);
    });

    it('is taken down once: neither what waits nor what is at work is queued again, and nothing is built behind it', () => {
      expect(ask(halfBuilt(), { queued: cleanup }).action).toBe('none');
      expect(ask(halfBuilt(), { active: cleanup }).action).toBe('none');
      expect(ask(halfBuilt(), { active: cleanup, queued: update(9) }).action).toBe('drop_queued');
      const after = { ...halfBuilt(), isDeployed: false, isSettled: true, nodeCount: 0, halfBuiltAt: null };
      expect(ask(after).action).toBe('none');
    });

    it('makes way for a new wish, whether its cleanup waits or is at work', () => {
      const expected = { action: 'enqueue', trigger: 'capacity', goal: { kind: 'update', inputs: { nodes: 4 } } };
      for (const rest of [{}, { queued: cleanup }, { active: cleanup }]) {
        expect(ask(wishing(halfBuilt(), 4), rest)).toMatchObject(expected);
      }
    });

    it('is left alone before that, for ever where the installation says so, and while the cluster may be completed', () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 2 * CLEANUP_SECONDS }),
          fc.integer({ min: 0, max: CLEANUP_SECONDS }),
          fc.integer({ min: 0, max: 2 * MAX_UPDATE_ATTEMPTS }),
          fc.boolean(),
          (age, cleanupSeconds, consecutiveFailures, isHeld) => {
            const cluster = halfBuilt({ halfBuiltAt: ago(age), consecutiveFailures, isHeld });
            const decision = ask(cluster, { cleanupSeconds });
            const isGivenUp = isHeld || consecutiveFailures >= MAX_UPDATE_ATTEMPTS;
            const isDue = isGivenUp && cleanupSeconds > 0 && age >= cleanupSeconds;
            expect(decision.action === 'enqueue' && decision.trigger === 'cleanup').toBe(isDue);
            if (isGivenUp && cleanupSeconds > 0 && !isDue)
              expect(decision).toEqual({ action: 'wait', until: ago(age - cleanupSeconds) });
            if (isGivenUp && cleanupSeconds === 0) expect(decision.action).toBe('none');
          },
        ),
      );
    });

    it('is never a cluster that was complete', () => {
      const complete = halfBuilt({ halfBuiltAt: null });
      expect(ask(complete)).toMatchObject({
        action: 'none',
        reason: expect.stringContaining('failed 3 times') as string,
      });
    });

    it('is tried again later when its cleanup failed', () => {
      const until = new Date(NOW.getTime() + 60_000);
      expect(ask(halfBuilt({ retryNotBefore: until }))).toEqual({ action: 'wait', until });
    });
  });

  it('destroys what a first deployment that broke off may have made, though no state knows of anything', () => {
    for (const isRemovalDesired of [true, false]) {
      const cluster = { ...absent, isSettled: false, isRemovalDesired };
      expect(ask(cluster)).toMatchObject({ action: 'enqueue', goal: { kind: 'destroy' } });
    }
    expect(ask(absent).action).toBe('none');
  });

  it('never gives up a destroy', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.boolean(), (failures, isHeld) => {
        const cluster = { ...running(3), desiredNodes: 0, isRemovalDesired: true, isHeld };
        const decision = ask({ ...cluster, failedWish: 'destroy', consecutiveFailures: failures, retryNotBefore: NOW });
        expect(decision).toMatchObject({ action: 'enqueue', goal: { kind: 'destroy' } });
      }),
    );
  });

  it('settles: once the run it asks for has succeeded it asks for nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 0, max: 50 }),
        fc.boolean(),
        (have, want, isRemovalDesired) => {
          const before = { ...running(have), desiredNodes: want, isRemovalDesired: isRemovalDesired && want === 0 };
          const decision = ask(before);
          if (decision.action !== 'enqueue') return;
          const isGone = decision.goal.kind === 'destroy';
          const after = { ...before, isDeployed: !isGone, nodeCount: decision.goal.inputs.nodes };
          expect(ask(after).action).toBe('none');
        },
      ),
    );
  });
});
