import { DomainError } from '../../common/errors/domain-error.js';
import { DEVELOPER_GROUP } from '../users.types.js';

export class GroupNotFoundError extends DomainError {
  readonly code = 'groups.not_found';
  readonly kind = 'not_found';

  constructor(group: string | number) {
    super(`There is no group ${group}. List the groups to find the right one.`);
  }
}

export class GroupNameTakenError extends DomainError {
  readonly code = 'groups.name_taken';
  readonly kind = 'conflict';

  constructor(name: string) {
    super(`A group named "${name}" exists already. Choose another name.`);
  }
}

export class DeveloperGroupError extends DomainError {
  readonly code = 'groups.developer_group';
  readonly kind = 'conflict';

  constructor() {
    super(
      `The service itself looks for the group ${DEVELOPER_GROUP}: it can be neither renamed nor deleted. Change its permissions or members instead.`,
    );
  }
}

export class GroupBeyondOwnPermissionsError extends DomainError {
  readonly code = 'groups.permissions_beyond_own';
  readonly kind = 'forbidden';

  constructor(permissions: readonly string[]) {
    super(`You cannot give a group what you may not do yourself: ${permissions.join(', ')}. Ask a superuser.`);
  }
}
