import { type Organization } from '../organizations/organizations.types.js';
import { type Run, type RunInputs, type RunKind, type RunTrigger } from '../provisioning/provisioning.types.js';
import { cleanupDue } from './cluster-cleanup.js';
import { type ClusterRecord } from './clusters.repository.js';

/** Failed attempts at one update after which a person has to look; a destroy is never given up. */
export const MAX_UPDATE_ATTEMPTS = 3;

/** What a run would have to bring about. */
export interface RunGoal {
  kind: Extract<RunKind, 'update' | 'destroy'>;
  inputs: RunInputs;
}

export type Decision =
  | { action: 'none'; reason: string }
  | {
      action: 'enqueue';
      goal: RunGoal;
      trigger: Extract<RunTrigger, 'capacity' | 'configuration' | 'retry' | 'cleanup'>;
    }
  | { action: 'drop_queued'; reason: string }
  | { action: 'wait'; until: Date };

export type ClusterState = Pick<
  ClusterRecord,
  | 'desiredNodes'
  | 'isRemovalDesired'
  | 'isDeployed'
  | 'isSettled'
  | 'nodeCount'
  | 'clusterVersion'
  | 'isPublic'
  | 'nodeConfiguration'
  | 'availabilityZone'
  | 'spotAllocationStrategy'
  | 'spotMaxPrice'
  | 'failedWish'
  | 'isHeld'
  | 'halfBuiltAt'
  | 'consecutiveFailures'
  | 'retryNotBefore'
>;

export type OrganizationPolicy = Pick<
  Organization,
  | 'name'
  | 'target'
  | 'clusterVersion'
  | 'isPublic'
  | 'nodeConfiguration'
  | 'availabilityZone'
  | 'spotAllocationStrategy'
  | 'spotMaxPrice'
  | 'minNodes'
  | 'maxNodes'
  | 'provisioningSuspended'
>;
export type RunInProgress = Pick<Run, 'kind' | 'trigger' | 'inputs' | 'isPlanOnly'>;

export interface DecisionInput {
  organization: OrganizationPolicy;
  cluster: ClusterState;
  active: RunInProgress | null;
  queued: RunInProgress | null;
  now: Date;
  /** After which time what a failed first deployment left is taken down; 0: never. */
  cleanupSeconds: number;
}

/**
 * Compares what the cluster should be with what it is, or with what the run in progress makes of it, and says what to
 * do next. Pure: the same input always gives the same answer, so it may be asked at any time and any number of times.
 */
export function decide(input: DecisionInput): Decision {
  const { organization, cluster, active: occupying, queued: waiting } = input;
  const active = occupying && changesCluster(occupying) ? occupying : null;
  // What somebody only wants to look at is not dropped for want of a wish.
  const queued = waiting && changesCluster(waiting) ? waiting : null;
  if (organization.provisioningSuspended) return drop(queued, 'provisioning is suspended for the organization');
  const isRebuild = needsRebuild(organization, standing(cluster, active));
  // What follows is decided when nothing stands: an update that waits already would meet what a failed destroy left.
  if (isRebuild && active?.kind === 'destroy')
    return drop(queued, 'the cluster is being taken down before anything else');
  const goal = isRebuild ? removal(organization, cluster, active) : goalOf(organization, cluster, active);
  const isReached = active ? (goal === null ? !makesChanges(active) : brings(active, goal)) : isThere(goal, cluster);
  if (isReached) return drop(queued, 'nothing is left to do');
  if (goal === null) return drop(queued, 'nothing is wished for');
  if (queued && brings(queued, goal)) return { action: 'none', reason: 'the follow-up is waiting already' };
  if (active?.trigger === 'cleanup' && isGivenUp(goal, cluster))
    return drop(queued, 'what the failed deployment left is being taken down');
  const trigger = isRebuild && !isRemovalWished(cluster) ? 'configuration' : 'capacity';
  return active ? { action: 'enqueue', goal, trigger } : paced(goal, trigger, input);
}

/** The run that would fulfil the wish, or null when a cluster that is not there is not wished for either. */
function goalOf(organization: OrganizationPolicy, cluster: ClusterState, active: RunInProgress | null): RunGoal | null {
  if (isRemovalWished(cluster)) return removal(organization, cluster, active);
  const isWished = cluster.desiredNodes > 0 || cluster.isDeployed;
  if (isWished) return { kind: 'update', inputs: inputsOf(organization, cluster.desiredNodes) };
  // What a deployment that broke off may have made and written down nowhere.
  return cluster.isSettled || active ? null : removal(organization, cluster, null);
}

/** Identifies a goal, so that failures of one are not held against another. */
export function goalKey({ kind, inputs }: RunGoal): string {
  if (kind === 'destroy') return kind;
  const { nodeConfiguration, availabilityZone, spotAllocationStrategy, spotMaxPrice } = inputs;
  return [
    ...[kind, inputs.target, inputs.nodes, inputs.clusterVersion, inputs.isPublic ? 'public' : 'private'],
    ...[nodeConfiguration ?? '-', availabilityZone ?? '-', spotAllocationStrategy ?? '-', spotMaxPrice ?? '-'],
  ].join(' ');
}

type NodeChoice = Pick<ClusterState, 'nodeConfiguration' | 'spotAllocationStrategy' | 'spotMaxPrice'>;

/** What a cluster is made of that no run changes while it stands. */
type Foundation = Pick<ClusterState, 'clusterVersion' | 'isPublic' | 'availabilityZone'>;

/** What stands when the run in progress is over, if it goes as it should; null for nothing. */
function standing(cluster: ClusterState, active: RunInProgress | null): Foundation | null {
  if (cluster.isDeployed) return cluster;
  if (active?.kind !== 'update') return null;
  const { clusterVersion, isPublic, availabilityZone = null } = active.inputs;
  return { clusterVersion, isPublic, availabilityZone };
}

/**
 * Another version, or another audience, is a new cluster (contract section 5.7). So is another availability zone: subnet
 * and machines would be replaced one by one, with the cluster down all the while. What is not known is no difference.
 */
function needsRebuild(organization: OrganizationPolicy, stands: Foundation | null): boolean {
  if (!stands) return false;
  const isVersionKnown = stands.clusterVersion !== null && stands.clusterVersion !== '';
  return (
    (isVersionKnown &&
      (stands.clusterVersion !== organization.clusterVersion || stands.isPublic !== organization.isPublic)) ||
    (stands.availabilityZone !== null && stands.availabilityZone !== organization.availabilityZone)
  );
}

function isRemovalWished({ desiredNodes, isRemovalDesired }: ClusterState): boolean {
  return desiredNodes === 0 && isRemovalDesired;
}

/** Planned with what the cluster was built with (defect B25), as far as that is known. */
function removal(organization: OrganizationPolicy, cluster: ClusterState, active: RunInProgress | null): RunGoal {
  const present = active?.kind === 'update' ? active.inputs : {};
  const built = cluster.isDeployed ? knownInputs(cluster) : present;
  return { kind: 'destroy', inputs: { ...inputsOf(organization, 0), ...built, nodes: 0 } };
}

/** What is known of how a deployed cluster was built. */
export function knownInputs(cluster: Foundation & NodeChoice): Partial<RunInputs> {
  const { clusterVersion, isPublic, nodeConfiguration, availabilityZone } = cluster;
  const { spotAllocationStrategy, spotMaxPrice } = cluster;
  return {
    ...(clusterVersion === null || clusterVersion === '' ? {} : { clusterVersion, isPublic }),
    ...(availabilityZone === null ? {} : { availabilityZone, nodeConfiguration }),
    ...(spotAllocationStrategy === null ? {} : { spotAllocationStrategy }),
    ...(spotMaxPrice === null ? {} : { spotMaxPrice }),
  };
}

/** What the organization's settings and so many nodes make of a cluster. */
export function inputsOf(organization: OrganizationPolicy, nodes: number): RunInputs {
  const { name, target, clusterVersion, isPublic, nodeConfiguration, availabilityZone } = organization;
  const { spotAllocationStrategy, spotMaxPrice } = organization;
  return {
    ...{ target, organizationName: name, nodes, clusterVersion, isPublic },
    nodeLimits: { min: organization.minNodes, max: organization.maxNodes },
    ...{ nodeConfiguration, availabilityZone, spotAllocationStrategy, spotMaxPrice },
  };
}

/**
 * Whether the run is about the goal. One that is being cancelled or recovered counts too: how it ends decides whether
 * the goal is tried again.
 */
function brings(run: RunInProgress, goal: RunGoal): boolean {
  if (run.isPlanOnly || (run.kind !== 'update' && run.kind !== 'destroy')) return false;
  return goalKey({ kind: run.kind, inputs: run.inputs }) === goalKey(goal);
}

/** A run that only looks, or only prepares, neither brings a goal nor takes one away. */
function changesCluster({ kind, isPlanOnly }: RunInProgress): boolean {
  return !isPlanOnly && kind !== 'setup' && kind !== 'refresh';
}

function makesChanges(run: RunInProgress): boolean {
  return run.kind === 'update';
}

function isThere(goal: RunGoal | null, cluster: ClusterState): boolean {
  if (goal === null) return true;
  // What a run that broke off has made and written down nowhere, only a destroy finds.
  if (goal.kind === 'destroy') return !cluster.isDeployed && cluster.isSettled;
  return (
    cluster.isDeployed &&
    cluster.isSettled &&
    cluster.nodeCount === goal.inputs.nodes &&
    cluster.clusterVersion === goal.inputs.clusterVersion &&
    cluster.isPublic === goal.inputs.isPublic &&
    isBuiltWith(goal.inputs, cluster)
  );
}

/** Whether the nodes are as they were chosen; of a cluster of which nobody knows, they are. */
function isBuiltWith(inputs: RunInputs, cluster: ClusterState): boolean {
  if (cluster.availabilityZone === null) return true;
  return (
    cluster.nodeConfiguration === inputs.nodeConfiguration &&
    cluster.spotAllocationStrategy === inputs.spotAllocationStrategy &&
    cluster.spotMaxPrice === inputs.spotMaxPrice
  );
}

/** Failed attempts slow down; a failed or cancelled update ends until the wish changes, a destroy goes on for ever. */
function paced(goal: RunGoal, trigger: 'capacity' | 'configuration', input: DecisionInput): Decision {
  const { cluster, now } = input;
  if (cluster.failedWish !== goalKey(goal)) return { action: 'enqueue', goal, trigger };
  if (isGivenUp(goal, cluster)) return cleanup(input);
  if (cluster.retryNotBefore && cluster.retryNotBefore > now) return { action: 'wait', until: cluster.retryNotBefore };
  return { action: 'enqueue', goal, trigger: 'retry' };
}

/** An update that is not tried again before the wish changes or somebody retries. */
function isGivenUp(goal: RunGoal, { failedWish, isHeld, consecutiveFailures }: ClusterState): boolean {
  const isTried = isHeld || consecutiveFailures >= MAX_UPDATE_ATTEMPTS;
  return goal.kind === 'update' && failedWish === goalKey(goal) && isTried;
}

/** What a first deployment left that nobody goes on with costs money all the same. */
function cleanup({ organization, cluster, queued, now, cleanupSeconds }: DecisionInput): Decision {
  const due = cleanupDue(cluster, cleanupSeconds);
  if (due && due > now) return { action: 'wait', until: due };
  if (due && queued?.trigger === 'cleanup') return { action: 'none', reason: 'the cleanup is waiting already' };
  if (due) return { action: 'enqueue', goal: removal(organization, cluster, null), trigger: 'cleanup' };
  const reason = cluster.isHeld
    ? 'a person cancelled it, or nobody agreed to its plan'
    : `it failed ${cluster.consecutiveFailures} times`;
  return { action: 'none', reason: `this update is not tried again, because ${reason}; a person has to look` };
}

function drop(queued: RunInProgress | null, reason: string): Decision {
  return queued ? { action: 'drop_queued', reason } : { action: 'none', reason };
}
