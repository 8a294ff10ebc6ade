import { DomainError } from '../common/errors/domain-error.js';

/** The largest value of Postgres' `integer`, the type of a stored node count. */
export const MAX_REQUESTED_NODES = 2_147_483_647;

export class NodeCountOutOfRangeError extends DomainError {
  readonly code = 'capacity.node_count_out_of_range';
  readonly kind = 'invalid';

  constructor(nodeCount: number | bigint | string) {
    super(
      `A node count must be a whole number from 0 to ${MAX_REQUESTED_NODES}, not ${nodeCount}. Ask for fewer nodes.`,
    );
  }
}

/** How long a request may live, in minutes (contract section 1.5). */
export const MIN_TTL_MINUTES = 15;
export const MAX_TTL_MINUTES = 720;

export class TimeToLiveOutOfRangeError extends DomainError {
  readonly code = 'capacity.ttl_out_of_range';
  readonly kind = 'invalid';

  constructor(now: Date) {
    const bound = (minutes: number): string => new Date(now.getTime() + minutes * 60_000).toISOString();
    super(
      `Nodes can be asked for from ${MIN_TTL_MINUTES} to ${MAX_TTL_MINUTES} minutes, now until ${bound(MIN_TTL_MINUTES)} at least and ${bound(MAX_TTL_MINUTES)} at most. Ask for a time in between, and again before it ends.`,
    );
  }
}

export class DeploymentNotAllowedError extends DomainError {
  readonly code = 'capacity.deployment_not_allowed';
  readonly kind = 'conflict';

  constructor(organization: string) {
    super(
      `The cluster of ${organization} is not deployed, and the organization does not let requests deploy it. Ask an owner to set allowDeployByToken or minNodes.`,
    );
  }
}

export class CapacityRequestNotFoundError extends DomainError {
  readonly code = 'capacity.request_not_found';
  readonly kind = 'not_found';

  constructor(requestId: string) {
    super(
      `You have no live capacity request ${requestId} here; it may have expired. List your requests to see what is live.`,
    );
  }
}

/** Of anybody, live or ended. */
export class UnknownCapacityRequestError extends DomainError {
  readonly code = 'capacity.request_not_found';
  readonly kind = 'not_found';

  constructor(requestId: string) {
    super(`There is no capacity request ${requestId}. List the requests to find the id.`);
  }
}

export class CapacityRequestEndedError extends DomainError {
  readonly code = 'capacity.request_ended';
  readonly kind = 'conflict';

  constructor(requestId: string) {
    super(`Capacity request ${requestId} has ended, so it can be neither changed nor ended. Make a new one.`);
  }
}

export class CapacityRequestExistsError extends DomainError {
  readonly code = 'capacity.request_exists';
  readonly kind = 'conflict';

  constructor() {
    super('The user has a live request for this count until this second already. Change that one instead.');
  }
}

/** Such a request would end as soon as the cluster is sized. */
export class UserWithoutAccessError extends DomainError {
  readonly code = 'capacity.user_without_access';
  readonly kind = 'conflict';

  constructor(username: string) {
    super(`${username} may not ask for nodes in this organization. Make the user an active member of it first.`);
  }
}
