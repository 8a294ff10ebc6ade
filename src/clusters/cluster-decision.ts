import { type Organization } from '../organizations/organizations.types.js';
import { type Run, type RunInputs, type RunKind } from '../provisioning/provisioning.types.js';
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
  | { action: 'enqueue'; goal: RunGoal; isRetry: boolean }
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
  | 'failedWish'
  | 'isHeld'
  | 'consecutiveFailures'
  | 'retryNotBefore'
>;

export type OrganizationPolicy = Pick<
  Organization,
  'name' | 'target' | 'clusterVersion' | 'isPublic' | 'provisioningSuspended'
>;
export type RunInProgress = Pick<Run, 'kind' | 'inputs' | 'isPlanOnly'>;

export interface DecisionInput {
  organization: OrganizationPolicy;
  cluster: ClusterState;
  active: RunInProgress | null;
  queued: RunInProgress | null;
  now: Date;
}

/**
 * Compares what the cluster should be with what it is, or with what the run in progress makes of it, and says what to
 * do next. Pure: the same input always gives the same answer, so it may be asked at any time and any number of times.
 */
export function decide(input: DecisionInput): Decision {
  const { organization, cluster, active: occupying, queued } = input;
  const active = occupying && changesCluster(occupying) ? occupying : null;
  if (organization.provisioningSuspended) return drop(queued, 'provisioning is suspended for the organization');
  const goal = goalOf(organization, cluster);
  const isReached = active ? (goal === null ? !makesChanges(active) : brings(active, goal)) : isThere(goal, cluster);
  if (isReached) return drop(queued, 'nothing is left to do');
  if (goal === null) return drop(queued, 'nothing is wished for');
  if (queued && brings(queued, goal)) return { action: 'none', reason: 'the follow-up is waiting already' };
  return active ? { action: 'enqueue', goal, isRetry: false } : paced(goal, input);
}

/** The run that would fulfil the wish, or null when a cluster that is not there is not wished for either. */
export function goalOf(organization: OrganizationPolicy, cluster: ClusterState): RunGoal | null {
  const { name, target, clusterVersion, isPublic } = organization;
  const inputs = { target, organizationName: name, nodes: cluster.desiredNodes, clusterVersion, isPublic };
  if (cluster.desiredNodes > 0) return { kind: 'update', inputs };
  if (cluster.isRemovalDesired) return { kind: 'destroy', inputs };
  return cluster.isDeployed ? { kind: 'update', inputs } : null;
}

/** Identifies a goal, so that failures of one are not held against another. */
export function goalKey({ kind, inputs }: RunGoal): string {
  return kind === 'destroy'
    ? kind
    : `${kind} ${inputs.target} ${inputs.nodes} ${inputs.clusterVersion} ${inputs.isPublic ? 'public' : 'private'}`;
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
  if (goal.kind === 'destroy') return !cluster.isDeployed;
  return (
    cluster.isDeployed &&
    cluster.isSettled &&
    cluster.nodeCount === goal.inputs.nodes &&
    cluster.clusterVersion === goal.inputs.clusterVersion &&
    cluster.isPublic === goal.inputs.isPublic
  );
}

/** Failed attempts slow down; a failed or cancelled update ends until the wish changes, a destroy goes on for ever. */
function paced(goal: RunGoal, { cluster, now }: DecisionInput): Decision {
  if (cluster.failedWish !== goalKey(goal)) return { action: 'enqueue', goal, isRetry: false };
  if (goal.kind === 'update' && cluster.isHeld) return { action: 'none', reason: 'a person cancelled this update' };
  if (goal.kind === 'update' && cluster.consecutiveFailures >= MAX_UPDATE_ATTEMPTS) {
    return { action: 'none', reason: `this update failed ${cluster.consecutiveFailures} times; a person has to look` };
  }
  if (cluster.retryNotBefore && cluster.retryNotBefore > now) return { action: 'wait', until: cluster.retryNotBefore };
  return { action: 'enqueue', goal, isRetry: true };
}

function drop(queued: RunInProgress | null, reason: string): Decision {
  return queued ? { action: 'drop_queued', reason } : { action: 'none', reason };
}
