import { isPermanent } from '../provisioning/failure-causes.types.js';
import { type Run, type RunInputs, type StateSummary } from '../provisioning/provisioning.types.js';
import { goalKey, MAX_UPDATE_ATTEMPTS } from './cluster-decision.js';
import { type ClusterObservation } from './clusters.repository.js';
import { countNodes } from './node-counter.js';

const LONGEST_RETRY_SECONDS = 3600;
/** Code of a run that a machine without Terraform could not begin. */
const NO_TERRAFORM = 'terraform.unavailable';
/** Code of a run whose plan waited for somebody to agree, and nobody did. It would wait again, so a person has to ask. */
const NOT_APPROVED = 'runs.not_approved';

/**
 * What a finished run tells of its cluster: the state it left says what is there, however the run ended; its ending
 * says whether, and when, the same thing may be tried again.
 */
export function observe(before: ClusterObservation, run: Run, retrySeconds: number, now: Date): ClusterObservation {
  if (run.kind === 'refresh' && succeeded(run)) return { ...seenDrift(before, run), driftCheckedAt: now };
  if (run.isPlanOnly || run.kind === 'setup' || run.kind === 'refresh') return before;
  const seen = run.state ? withState(before, run, run.state) : before;
  const end =
    run.trigger === 'cleanup' ? cleanupEnding(before, run, retrySeconds, now) : ending(before, run, retrySeconds, now);
  return { ...seen, ...end, halfBuiltAt: halfBuiltAt(before, run, now), ...(succeeded(run) ? { drift: null } : {}) };
}

/** A refresh that was only planned tells what differs; one that was applied has taken it over into the state. */
function seenDrift(before: ClusterObservation, run: Run): ClusterObservation {
  if (run.isPlanOnly) return { ...before, drift: run.changes && run.changes.length > 0 ? run.changes : null };
  return { ...(run.state ? { ...before, nodeCount: countNodes(run.state) } : before), drift: null };
}

function withState(before: ClusterObservation, run: Run, state: StateSummary): ClusterObservation {
  const isDeployed = Object.values(state.resourceCounts).some((count) => count > 0);
  const hasSucceeded = succeeded(run);
  // What stands where nothing stood is this run's work, also when it did not get to the end.
  const isOwnWork = isDeployed && (hasSucceeded || (run.kind === 'update' && !before.isDeployed));
  const address = state.outputs.ilb_ip_address;
  return {
    ...before,
    ...(isOwnWork ? builtWith(run.inputs) : {}),
    ...(isDeployed ? {} : NOTHING_BUILT),
    isDeployed,
    isSettled: hasSucceeded,
    nodeCount: countNodes(state),
    address: isDeployed && typeof address === 'string' ? address : null,
    outputs: state.outputs,
  };
}

const NOTHING_BUILT = {
  clusterVersion: '',
  nodeConfiguration: null,
  availabilityZone: null,
  spotAllocationStrategy: null,
  spotMaxPrice: null,
};

function builtWith(inputs: RunInputs): Partial<ClusterObservation> {
  const { clusterVersion, isPublic, nodeConfiguration = null, availabilityZone = null } = inputs;
  const { spotAllocationStrategy = null, spotMaxPrice = null } = inputs;
  return { clusterVersion, isPublic, nodeConfiguration, availabilityZone, spotAllocationStrategy, spotMaxPrice };
}

type Ending = Pick<
  ClusterObservation,
  'isSettled' | 'failedWish' | 'isHeld' | 'consecutiveFailures' | 'retryNotBefore' | 'lastError'
>;

function ending(before: ClusterObservation, run: Run, retrySeconds: number, now: Date): Ending {
  if (succeeded(run)) {
    return {
      isSettled: true,
      failedWish: null,
      isHeld: false,
      consecutiveFailures: 0,
      retryNotBefore: null,
      lastError: null,
    };
  }
  const wish =
    run.kind === 'update' || run.kind === 'destroy'
      ? goalKey({ kind: run.kind, inputs: run.inputs })
      : before.failedWish;
  const isHeld = isCanceledByPerson(run) || run.failure?.code === NOT_APPROVED;
  const isCanceledByUs = run.status === 'canceled' && !isHeld;
  const earlier = before.failedWish === wish ? before.consecutiveFailures : 0;
  const failures = run.status === 'canceled' || isHeld ? earlier : failuresAfter(earlier, run);
  return {
    isSettled: hasTouched(run) ? false : before.isSettled,
    failedWish: wish,
    isHeld,
    consecutiveFailures: failures,
    retryNotBefore: isCanceledByUs ? null : new Date(now.getTime() + retryDelaySeconds(failures, retrySeconds) * 1000),
    lastError: run.failure?.message ?? (isHeld ? `Canceled by ${run.cancelRequestedBy ?? 'somebody'}` : null),
  };
}

/** The wish stays given up for the reason it was, or it would be built once more; a cleanup's own failures only delay it. */
function cleanupEnding(before: ClusterObservation, run: Run, retrySeconds: number, now: Date): Ending {
  const { failedWish, isHeld, consecutiveFailures, lastError } = before;
  if (succeeded(run))
    return { isSettled: true, failedWish, isHeld, consecutiveFailures, retryNotBefore: null, lastError };
  return { ...ending({ ...before, failedWish: 'destroy' }, run, retrySeconds, now), failedWish, isHeld, lastError };
}

/** An update where nothing stood is a first deployment until one succeeds. Whoever cancels its cleanup gets more time. */
function halfBuiltAt(before: ClusterObservation, run: Run, now: Date): Date | null {
  if (succeeded(run)) return null;
  const isFirst = before.halfBuiltAt !== null || !before.isDeployed;
  if (run.kind === 'update') return isFirst && hasTouched(run) ? now : before.halfBuiltAt;
  return before.halfBuiltAt !== null && isCanceledByPerson(run) ? now : before.halfBuiltAt;
}

// Also when it then failed, for example because its process was killed: a person has said that it should stop.
function isCanceledByPerson({ cancelRequestedBy }: Run): boolean {
  return cancelRequestedBy?.startsWith('user:') === true;
}

/** A run that never came to apply its plan has changed nothing. */
function hasTouched({ statusTimes }: Run): boolean {
  return statusTimes.applying !== undefined;
}

/** A missing Terraform says nothing about the wish, so it never uses up the attempts: once installed, it is tried again. */
function failuresAfter(earlier: number, { failure }: Run): number {
  if (failure && isPermanent(failure.code)) return Math.max(earlier + 1, MAX_UPDATE_ATTEMPTS);
  return failure?.code === NO_TERRAFORM
    ? Math.max(earlier, Math.min(earlier + 1, MAX_UPDATE_ATTEMPTS - 1))
    : earlier + 1;
}

/** Doubles with every failure: 1, 2, 4 ... times the first wait, one hour at most. */
export function retryDelaySeconds(failures: number, firstSeconds: number): number {
  return Math.min(firstSeconds * 2 ** Math.max(0, failures - 1), LONGEST_RETRY_SECONDS);
}

function succeeded({ status }: Run): boolean {
  return status === 'succeeded' || status === 'no_changes';
}
