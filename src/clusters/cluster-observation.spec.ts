import { type Run } from '../provisioning/provisioning.types.js';
import { MAX_UPDATE_ATTEMPTS } from './cluster-decision.js';
import { observe, retryDelaySeconds } from './cluster-observation.js';
import { type ClusterObservation } from './clusters.repository.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const inputs = { target: 'local' as const, organizationName: 'lab', nodes: 3, clusterVersion: 'v4', isPublic: false };
const never: ClusterObservation = {
  isDeployed: false,
  isSettled: true,
  nodeCount: 0,
  address: null,
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
  lastError: null,
  drift: null,
  driftCheckedAt: null,
  outputs: {},
};
const state = (nodes: number) => ({
  serial: 7,
  lineage: 'l',
  resourceCounts: { 'terraform_data.ilb': 1, ...(nodes > 0 ? { 'terraform_data.node': nodes } : {}) },
  outputs: { ilb_ip_address: '127.1.2.3' },
});
const run = (over: Partial<Run>): Run => ({
  id: 'r',
  organizationId: 'o',
  kind: 'update',
  status: 'succeeded',
  trigger: 'capacity',
  requestedBy: 'system:reconciler',
  inputs,
  plannedChanges: 4,
  completedChanges: 4,
  changes: null,
  isPlanOnly: false,
  currentResource: null,
  statusTimes: { applying: '2026-03-01T11:59:00Z' },
  approvalReason: null,
  approvedBy: null,
  forceRequestedBy: null,
  state: state(3),
  failure: null,
  cancelRequestedAt: null,
  cancelRequestedBy: null,
  createdAt: NOW,
  claimedAt: NOW,
  heartbeatAt: NOW,
  finishedAt: NOW,
  ...over,
});
const failure = { code: 'terraform.apply_failed', message: 'no capacity' };

describe('observe', () => {
  it('takes nodes and address from the state a run left', () => {
    expect(observe(never, run({}), 60, NOW)).toMatchObject({
      isDeployed: true,
      isSettled: true,
      nodeCount: 3,
      address: '127.1.2.3',
      clusterVersion: 'v4',
    });
  });

  it('sees what a failed run did build, does not take it for the whole, and sets the next attempt', () => {
    const seen = observe(never, run({ status: 'failed', state: state(1), failure }), 60, NOW);
    expect(seen).toMatchObject({
      isDeployed: true,
      isSettled: false,
      nodeCount: 1,
      consecutiveFailures: 1,
      lastError: 'no capacity',
    });
    expect(seen.retryNotBefore).toEqual(new Date(NOW.getTime() + 60_000));
  });

  it('does not try again what a person has cancelled, also when it failed before it could end in good order', () => {
    const stopped = { cancelRequestedBy: 'user:ann', state: state(1) };
    for (const over of [{ status: 'canceled' as const }, { status: 'failed' as const, failure }]) {
      expect(observe(never, run({ ...stopped, ...over }), 60, NOW)).toMatchObject({ isHeld: true, isSettled: false });
    }
    const byUs = run({ status: 'canceled', cancelRequestedBy: 'system:shutdown', state: state(1) });
    expect(observe(never, byUs, 60, NOW)).toMatchObject({
      isHeld: false,
      retryNotBefore: null,
      consecutiveFailures: 0,
    });
  });

  it('counts failures of one wish only', () => {
    const once = observe(never, run({ status: 'failed', failure }), 60, NOW);
    expect(observe(once, run({ status: 'failed', failure }), 60, NOW).consecutiveFailures).toBe(2);
    const other = run({ status: 'failed', failure, inputs: { ...inputs, nodes: 9 } });
    expect(observe(once, other, 60, NOW).consecutiveFailures).toBe(1);
  });

  it('never gives a wish up because Terraform is missing, however often that is seen', () => {
    const missing = { code: 'terraform.unavailable', message: 'Install Terraform.' };
    let seen = never;
    for (let attempt = 0; attempt < 5; attempt++) {
      seen = observe(seen, run({ status: 'failed', state: null, failure: missing }), 60, NOW);
      expect(seen.consecutiveFailures).toBeLessThan(MAX_UPDATE_ATTEMPTS);
    }
    expect(seen).toMatchObject({ lastError: 'Install Terraform.', retryNotBefore: new Date(NOW.getTime() + 120_000) });
  });

  it('knows that nothing is left after a destroy', () => {
    const gone = { serial: 9, lineage: 'l', resourceCounts: {}, outputs: {} };
    const seen = observe(observe(never, run({}), 60, NOW), run({ kind: 'destroy', state: gone }), 60, NOW);
    expect(seen).toMatchObject({ isDeployed: false, nodeCount: 0, address: null, clusterVersion: '' });
  });

  it('holds what a person cancelled, but not what the service cancelled for its own shutdown', () => {
    const byPerson = observe(never, run({ status: 'canceled', cancelRequestedBy: 'user:ann' }), 60, NOW);
    expect(byPerson).toMatchObject({ isHeld: true, isSettled: false, consecutiveFailures: 0 });
    const byShutdown = observe(never, run({ status: 'canceled', cancelRequestedBy: 'system:shutdown' }), 60, NOW);
    expect(byShutdown).toMatchObject({ isHeld: false, isSettled: false, retryNotBefore: null });
  });

  it('holds a plan nobody agreed to in time, without counting it: asking again by itself would only wait once more', () => {
    const failed = observe(never, run({ status: 'failed', failure }), 60, NOW);
    const expired = run({
      status: 'failed',
      failure: { code: 'runs.not_approved', message: 'Nobody agreed' },
      statusTimes: { awaiting_approval: '2026-03-01T11:30:00Z' },
      state: null,
    });
    expect(observe(failed, expired, 60, NOW)).toMatchObject({
      isHeld: true,
      consecutiveFailures: 1,
      lastError: 'Nobody agreed',
    });
    const approved = run({ trigger: 'user', requestedBy: 'user:ann', approvedBy: 'user:ann' });
    expect(observe(observe(failed, expired, 60, NOW), approved, 60, NOW)).toMatchObject({
      isHeld: false,
      consecutiveFailures: 0,
      lastError: null,
    });
  });

  it('takes a run that never came to apply its plan for one that changed nothing', () => {
    const refused = run({ status: 'failed', failure, statusTimes: { planning: '2026-03-01T11:59:00Z' }, state: null });
    expect(observe(never, refused, 60, NOW)).toMatchObject({ isSettled: true, consecutiveFailures: 1 });
    const brokenOff = observe(never, run({ status: 'failed', failure, state: null }), 60, NOW);
    expect(observe(brokenOff, refused, 60, NOW)).toMatchObject({ isSettled: false, consecutiveFailures: 2 });
  });

  it('forgets failures when a run succeeds', () => {
    const failed = observe(never, run({ status: 'failed', failure }), 60, NOW);
    expect(observe(failed, run({}), 60, NOW)).toMatchObject({
      consecutiveFailures: 0,
      retryNotBefore: null,
      lastError: null,
    });
  });
});

describe('a first deployment', () => {
  const failed = (over: Partial<Run> = {}) => run({ status: 'failed', failure, state: state(1), ...over });
  const gone = { serial: 9, lineage: 'l', resourceCounts: {}, outputs: {} };
  const cleaned = (over: Partial<Run> = {}) => run({ kind: 'destroy', trigger: 'cleanup', state: gone, ...over });
  const LATER = new Date(NOW.getTime() + 3_600_000);

  it('is half built from its last failure on, until it succeeds or is taken down', () => {
    const once = observe(never, failed(), 60, NOW);
    expect(once.halfBuiltAt).toEqual(NOW);
    expect(observe(once, failed(), 60, LATER).halfBuiltAt).toEqual(LATER);
    expect(observe(once, failed({ kind: 'destroy' }), 60, LATER).halfBuiltAt).toEqual(NOW);
    expect(observe(once, failed({ statusTimes: {} }), 60, LATER).halfBuiltAt).toEqual(NOW);
    expect(observe(once, run({}), 60, LATER).halfBuiltAt).toBeNull();
    expect(observe(once, run({ kind: 'destroy', state: gone }), 60, LATER).halfBuiltAt).toBeNull();
  });

  it('is half built also when no state knows of anything, but not when its plan was never applied', () => {
    expect(observe(never, failed({ state: null }), 60, NOW).halfBuiltAt).toEqual(NOW);
    expect(observe(never, failed({ state: null, statusTimes: {} }), 60, NOW).halfBuiltAt).toBeNull();
  });

  it('is over once the cluster was complete: what fails later is an update', () => {
    expect(observe(observe(never, run({}), 60, NOW), failed(), 60, LATER).halfBuiltAt).toBeNull();
  });

  it('stays given up when it is cleaned up, with the reason why', () => {
    let given = never;
    for (let attempt = 0; attempt < MAX_UPDATE_ATTEMPTS; attempt++) given = observe(given, failed(), 60, NOW);
    const { failedWish } = given;
    const after = observe(given, cleaned(), 60, LATER);
    expect(after).toMatchObject({ isDeployed: false, isSettled: true, halfBuiltAt: null, retryNotBefore: null });
    expect(after).toMatchObject({ failedWish, consecutiveFailures: MAX_UPDATE_ATTEMPTS, lastError: 'no capacity' });
    const broken = observe(given, cleaned({ status: 'failed', failure, state: state(1) }), 60, LATER);
    expect(broken).toMatchObject({ failedWish, consecutiveFailures: MAX_UPDATE_ATTEMPTS + 1, halfBuiltAt: NOW });
    expect(broken.retryNotBefore).toEqual(new Date(LATER.getTime() + 480_000));
    const stopped = cleaned({ status: 'canceled', cancelRequestedBy: 'user:ann', state: state(1) });
    expect(observe(given, stopped, 60, LATER)).toMatchObject({ failedWish, isHeld: false, halfBuiltAt: LATER });
  });
});

describe('retryDelaySeconds', () => {
  it('doubles up to an hour', () => {
    expect([1, 2, 3, 7, 1000].map((failures) => retryDelaySeconds(failures, 60))).toEqual([60, 120, 240, 3600, 3600]);
  });
});
