import fc from 'fast-check';
import { type Run } from '../provisioning/provisioning.types.js';
import {
  type ClusterState,
  decide,
  type Decision,
  type OrganizationPolicy,
  type RunInProgress,
} from './cluster-decision.js';
import { observe } from './cluster-observation.js';
import { type ClusterObservation } from './clusters.repository.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const lab: OrganizationPolicy = {
  name: 'lab',
  target: 'local',
  clusterVersion: 'v4',
  isPublic: false,
  nodeConfiguration: null,
  availabilityZone: 'us-west-2c',
  spotAllocationStrategy: 'lowest-price',
  spotMaxPrice: '0.1700',
  minNodes: 0,
  maxNodes: 10,
  provisioningSuspended: false,
};

type Cluster = ClusterState & ClusterObservation;
const nothing: Cluster = {
  desiredNodes: 0,
  isRemovalDesired: true,
  isDeployed: false,
  isSettled: true,
  nodeCount: 0,
  clusterVersion: '',
  isPublic: false,
  nodeConfiguration: null,
  availabilityZone: null,
  spotAllocationStrategy: null,
  spotMaxPrice: null,
  address: null,
  outputs: {},
  failedWish: null,
  isHeld: false,
  halfBuiltAt: null,
  consecutiveFailures: 0,
  retryNotBefore: null,
  lastError: null,
  drift: null,
  driftCheckedAt: null,
};
/** As an organization has chosen it. */
const built = (organization: OrganizationPolicy, nodes: number): Cluster => {
  const { clusterVersion, isPublic, nodeConfiguration, availabilityZone } = organization;
  const { spotAllocationStrategy, spotMaxPrice } = organization;
  const chosen = {
    clusterVersion,
    isPublic,
    nodeConfiguration,
    availabilityZone,
    spotAllocationStrategy,
    spotMaxPrice,
  };
  return { ...nothing, ...chosen, isDeployed: true, nodeCount: nodes, desiredNodes: nodes, isRemovalDesired: false };
};
const wishing = (cluster: Cluster, nodes: number): Cluster => ({
  ...cluster,
  desiredNodes: nodes,
  isRemovalDesired: nodes === 0,
});
const ask = (
  organization: OrganizationPolicy,
  cluster: Cluster,
  open: { active?: RunInProgress; queued?: RunInProgress } = {},
): Decision =>
  decide({
    organization,
    cluster,
    active: open.active ?? null,
    queued: open.queued ?? null,
    now: NOW,
    cleanupSeconds: 3600,
  });
const kindOf = (decision: Decision): string => (decision.action === 'enqueue' ? decision.goal.kind : decision.action);

/** What a run of this kind leaves: everything it was asked for, or a part of it. */
const ended = (cluster: Cluster, run: RunInProgress, status: 'succeeded' | 'failed'): Cluster => {
  const isWhole = status === 'succeeded';
  const nodes = run.kind === 'destroy' ? 0 : run.inputs.nodes;
  const resourceCounts: Record<string, number> =
    run.kind === 'destroy' && isWhole ? {} : { 'terraform_data.ilb': 1, 'terraform_data.node': isWhole ? nodes : 1 };
  const finished = {
    ...run,
    id: 'r',
    status,
    state: { serial: 1, lineage: 'l', resourceCounts, outputs: {} },
    failure: isWhole ? null : { code: 'terraform.apply_failed', message: 'no' },
    claimedAt: NOW,
    statusTimes: { applying: NOW.toISOString() },
  } as unknown as Run;
  return { ...cluster, ...observe(cluster, finished, 0, NOW) };
};
const flags = [false, true];

describe('a change of what a cluster is built of', () => {
  // The 16 cases of the old test "need_destroy_for_changed_version_or_is_public", which wanted a destroy only when the
  // target had changed as well; its only caller destroyed without that (contract section 5.7), and so does this.
  const cases = flags.flatMap((isDeployed) =>
    flags.flatMap((isVersionChanged) =>
      flags.flatMap((isPublicChanged) =>
        flags.map((isWishChanged) => ({ isDeployed, isVersionChanged, isPublicChanged, isWishChanged })),
      ),
    ),
  );
  it.each(cases)('destroys first if deployed and version or public flag differ: %j', (one) => {
    const { isDeployed, isVersionChanged, isPublicChanged, isWishChanged } = one;
    const before = isDeployed ? built(lab, 3) : nothing;
    const nodes = isWishChanged ? 5 : before.desiredNodes;
    const organization = {
      ...lab,
      ...(isVersionChanged ? { clusterVersion: 'v5' } : {}),
      ...(isPublicChanged ? { isPublic: true } : {}),
    };
    const needsDestroy = isDeployed && (isVersionChanged || isPublicChanged);
    const otherwise = isWishChanged ? 'update' : 'none';
    expect(kindOf(ask(organization, wishing(before, nodes)))).toBe(needsDestroy ? 'destroy' : otherwise);
  });

  it('says why, plans the destroy with what was built, and the update with what was chosen', () => {
    const organization = { ...lab, clusterVersion: 'v5', availabilityZone: 'us-west-2a', spotMaxPrice: '0.5000' };
    const first = ask(organization, built({ ...lab, nodeConfiguration: 'gpu' }, 3));
    expect(first).toMatchObject({
      trigger: 'configuration',
      goal: {
        kind: 'destroy',
        inputs: {
          nodes: 0,
          clusterVersion: 'v4',
          availabilityZone: 'us-west-2c',
          nodeConfiguration: 'gpu',
          spotMaxPrice: '0.1700',
        },
      },
    });
    expect(ask(organization, wishing(nothing, 3))).toMatchObject({
      trigger: 'capacity',
      goal: {
        kind: 'update',
        inputs: { nodes: 3, clusterVersion: 'v5', availabilityZone: 'us-west-2a', spotMaxPrice: '0.5000' },
      },
    });
  });

  it('lets no update wait behind the destroy, which may fail', () => {
    const organization = { ...lab, clusterVersion: 'v5' };
    const active = {
      kind: 'destroy',
      inputs: { ...lab, organizationName: 'lab', nodes: 0 },
      isPlanOnly: false,
      trigger: 'capacity',
    } as RunInProgress;
    expect(ask(organization, built(lab, 3), { active }).action).toBe('none');
    const queued = {
      kind: 'update',
      inputs: { ...active.inputs, nodes: 3 },
      isPlanOnly: false,
      trigger: 'capacity',
    } as RunInProgress;
    expect(ask(organization, built(lab, 3), { active, queued }).action).toBe('drop_queued');
    expect(kindOf(ask(lab, built(lab, 3), { active }))).toBe('update');
  });

  it('takes down what a run is only just building, when that run is over', () => {
    const active = {
      kind: 'update',
      inputs: { ...lab, organizationName: 'lab', nodes: 3 },
      isPlanOnly: false,
      trigger: 'capacity',
    } as RunInProgress;
    const decision = ask({ ...lab, isPublic: true }, wishing(nothing, 3), { active });
    expect(decision).toMatchObject({
      action: 'enqueue',
      trigger: 'configuration',
      goal: { kind: 'destroy', inputs: { isPublic: false, nodes: 0 } },
    });
    const queued = {
      kind: 'destroy',
      inputs: { ...active.inputs, nodes: 0 },
      isPlanOnly: false,
      trigger: 'capacity',
    } as RunInProgress;
    expect(ask(lab, wishing(nothing, 3), { active, queued }).action).toBe('drop_queued');
  });

  it('destroys an idle cluster that stays, and does not deploy it again before somebody asks', () => {
    const idle = { ...built(lab, 0), isRemovalDesired: false };
    const organization = { ...lab, clusterVersion: 'v5' };
    expect(kindOf(ask(organization, idle))).toBe('destroy');
    expect(ask(organization, { ...nothing, isRemovalDesired: false }).action).toBe('none');
  });

  it('starts again from nothing when the first attempt of another version was left half built', () => {
    const run = {
      kind: 'update',
      inputs: { ...lab, organizationName: 'lab', nodes: 3 },
      isPlanOnly: false,
      trigger: 'capacity',
    } as RunInProgress;
    const half = ended(wishing(nothing, 3), run, 'failed');
    expect(half).toMatchObject({ isDeployed: true, isSettled: false, clusterVersion: 'v4' });
    expect(kindOf(ask(lab, half))).toBe('update');
    expect(kindOf(ask({ ...lab, clusterVersion: 'v5' }, half))).toBe('destroy');
  });

  const organizations = fc.record({
    clusterVersion: fc.constantFrom('v4', 'v5'),
    isPublic: fc.boolean(),
    nodeConfiguration: fc.constantFrom(null, 'gpu'),
    availabilityZone: fc.constantFrom('us-west-2a', 'us-west-2c'),
    spotMaxPrice: fc.constantFrom('0.1700', '0.5000'),
  });
  const step = fc.record({
    organization: organizations,
    nodes: fc.integer({ min: 0, max: 3 }),
    status: fc.constantFrom('succeeded' as const, 'failed' as const),
  });

  it('never updates a cluster of another version, audience or zone in place, whatever happens in between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let cluster = nothing;
        for (const { organization: chosen, nodes, status } of steps) {
          const organization = { ...lab, ...chosen };
          cluster = wishing(cluster, nodes);
          const decision = ask(organization, { ...cluster, retryNotBefore: null });
          if (decision.action !== 'enqueue') continue;
          const { kind, inputs } = decision.goal;
          if (kind === 'update' && cluster.isDeployed) {
            expect([inputs.clusterVersion, inputs.isPublic]).toEqual([cluster.clusterVersion, cluster.isPublic]);
            expect(inputs.availabilityZone).toBe(cluster.availabilityZone);
          }
          cluster = ended(cluster, { kind, inputs, isPlanOnly: false, trigger: 'capacity' }, status);
        }
      }),
    );
  });

  it('reaches what was chosen within two runs that succeed, and then rests', () => {
    fc.assert(
      fc.property(organizations, organizations, fc.nat(3), fc.nat(3), (was, is, have, want) => {
        const organization = { ...lab, ...is };
        let cluster = wishing(built({ ...lab, ...was }, have), want);
        let runs = 0;
        for (let next = ask(organization, cluster); next.action === 'enqueue'; next = ask(organization, cluster)) {
          runs += 1;
          expect(runs).toBeLessThanOrEqual(2);
          cluster = ended(cluster, { ...next.goal, isPlanOnly: false, trigger: 'capacity' }, 'succeeded');
        }
        if (want > 0) expect(cluster).toMatchObject({ ...is, nodeCount: want });
        else expect(cluster.isDeployed).toBe(false);
      }),
    );
  });
});
