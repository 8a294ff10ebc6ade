import { DomainError } from '../common/errors/domain-error.js';

export class ClusterDeployedError extends DomainError {
  readonly code = 'clusters.deployed';
  readonly kind = 'conflict';

  constructor(organization: string) {
    super(
      `The cluster of ${organization} is deployed. Set minNodes to 0, destroyWhenIdle to true and provisioningSuspended to false, end all capacity requests, wait until the cluster is destroyed, and try again.`,
    );
  }
}

export class RunUnfinishedError extends DomainError {
  readonly code = 'clusters.run_unfinished';
  readonly kind = 'conflict';

  constructor(organization: string, run: { id: string; kind: string; status: string }) {
    super(
      `Run ${run.id} (${run.kind}, ${run.status}) of ${organization} is not over, or its end has not been looked at yet. Wait a little, or cancel it, and try again.`,
    );
  }
}

export class RemainsUnknownError extends DomainError {
  readonly code = 'clusters.remains_unknown';
  readonly kind = 'conflict';

  constructor(organization: string) {
    super(
      `The last run of ${organization} ended without saying what it left behind, so resources may still exist. Ask for one node and let the cluster be destroyed again, then try again.`,
    );
  }
}

export class ClusterNotFoundError extends DomainError {
  readonly code = 'clusters.not_found';
  readonly kind = 'not_found';

  constructor(organizationId: string) {
    super(`No cluster belongs to an organization ${organizationId}; it has never asked for nodes, or does not exist.`);
  }
}

export class ClusterAbsentError extends DomainError {
  readonly code = 'clusters.absent';
  readonly kind = 'conflict';

  constructor(organization: string) {
    super(`The cluster of ${organization} is not deployed, so there is nothing to compare. Ask for nodes first.`);
  }
}

const INSTEAD: Record<string, string> = {
  update: 'Ask for nodes, and the cluster is updated; with planOnly you see what would be done',
  destroy: 'End all capacity requests, and the cluster is destroyed; with planOnly you see what would be done',
  teardown:
    'It clears away what is left of a destroyed cluster, and this one is deployed: end all capacity requests first',
};

export class RunNotOfferedError extends DomainError {
  readonly code = 'runs.not_offered';
  readonly kind = 'conflict';

  constructor(kind: string) {
    super(`A run of kind ${kind} is not started by hand. ${INSTEAD[kind] ?? ''}.`);
  }
}

export class OldStateUnreadableError extends DomainError {
  readonly code = 'adoption.state_unreadable';
  readonly kind = 'invalid';
}

export class NotForAwsError extends DomainError {
  readonly code = 'adoption.target';
  readonly kind = 'conflict';

  constructor(organization: string, target: string) {
    super(
      `The target of ${organization} is "${target}", and clusters of the old system are on "aws". Set the organization's target to "aws", and try again.`,
    );
  }
}

export class NoMachinesError extends DomainError {
  readonly code = 'clusters.no_machines';
  readonly kind = 'conflict';

  constructor(organization: string, target: string) {
    super(`Clusters on the target "${target}" have no machines at EC2, and ${organization} is built there.`);
  }
}

export class MachineNotFoundError extends DomainError {
  readonly code = 'clusters.machine_not_found';
  readonly kind = 'not_found';

  constructor(machineId: string) {
    super(`The cluster has no machine ${machineId}. List its machines to find the id.`);
  }
}
