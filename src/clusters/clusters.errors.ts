import { DomainError } from '../common/errors/domain-error.js';

export class ClusterNotFoundError extends DomainError {
  readonly code = 'clusters.not_found';
  readonly kind = 'not_found';

  constructor(organizationId: string) {
    super(`No cluster belongs to an organization ${organizationId}; it has never asked for nodes, or does not exist.`);
  }
}
