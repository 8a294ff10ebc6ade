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

export class CapacityRequestNotFoundError extends DomainError {
  readonly code = 'capacity.request_not_found';
  readonly kind = 'not_found';

  constructor(requestId: string) {
    super(
      `You have no live capacity request ${requestId} here; it may have expired. List your requests to see what is live.`,
    );
  }
}
