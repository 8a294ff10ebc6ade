import { DomainError } from '../common/errors/domain-error.js';

export class DeletionUnconfirmedError extends DomainError {
  readonly code = 'organizations.deletion_unconfirmed';
  readonly kind = 'invalid';

  constructor(name: string) {
    super(`Deleting ${name} cannot be undone. Repeat its exact name in the query: ?confirm=${name}`);
  }
}
