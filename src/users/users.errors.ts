import { DomainError } from '../common/errors/domain-error.js';

export class UsernameTakenError extends DomainError {
  readonly code = 'users.username_taken';
  readonly kind = 'conflict';

  constructor(username: string) {
    super(`A user named "${username}" exists already (letter case does not matter). Choose another username.`);
  }
}

export class InvalidUserError extends DomainError {
  readonly code = 'users.invalid';
  readonly kind = 'invalid';
}

export class WeakPasswordError extends DomainError {
  readonly code = 'users.weak_password';
  readonly kind = 'invalid';
}

export class UserNotFoundError extends DomainError {
  readonly code = 'users.not_found';
  readonly kind = 'not_found';

  constructor(who: string | number) {
    super(`There is no user ${who}. List the users to find the right one.`);
  }
}

export class UnknownGroupError extends DomainError {
  readonly code = 'users.unknown_group';
  readonly kind = 'invalid';

  constructor(groups: string[]) {
    super(`There is no group ${groups.join(', ')}.`);
  }
}

export class SuperuserRequiredError extends DomainError {
  readonly code = 'users.superuser_required';
  readonly kind = 'forbidden';

  constructor() {
    super('Only a superuser may make another superuser. Ask one, or leave isSuperuser out.');
  }
}
