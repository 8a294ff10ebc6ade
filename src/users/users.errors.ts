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

export class SuperuserAccountError extends DomainError {
  readonly code = 'users.superuser_account';
  readonly kind = 'forbidden';

  constructor(username: string) {
    super(`The account ${username} is a superuser's, and only a superuser may change or delete it. Ask one.`);
  }
}

/** Otherwise whoever manages accounts could make one, or take one over, that may do more. */
export class BeyondOwnPermissionsError extends DomainError {
  readonly code = 'users.permissions_beyond_own';
  readonly kind = 'forbidden';

  constructor(username: string, permissions: readonly string[]) {
    super(
      `${username} may do, or would be able to do, what you may not: ${permissions.join(', ')}. Leave that out, or ask a superuser.`,
    );
  }
}

export class OwnAccountError extends DomainError {
  readonly code = 'users.own_account';
  readonly kind = 'conflict';

  constructor() {
    super(
      'This is your own account, which needs its password for that: POST /api/v1/account/password, POST /api/v1/account/deletion.',
    );
  }
}

export class LastSuperuserError extends DomainError {
  readonly code = 'users.last_superuser';
  readonly kind = 'conflict';

  constructor() {
    super('This is the last superuser; without one nobody could make another. Make one first (psctl createsuperuser).');
  }
}

export class PasswordQueueFullError extends DomainError {
  readonly code = 'users.busy';
  readonly kind = 'unavailable';

  constructor() {
    super('Too many passwords are being checked at this moment. Try again in a few seconds.');
  }
}

/** The caller is known, so this is no 401: the session goes on. */
export class WrongPasswordError extends DomainError {
  readonly code = 'accounts.wrong_password';
  readonly kind = 'forbidden';

  constructor() {
    super(
      'currentPassword is not the password of this account. If it is forgotten, or there never was one, set a new one by mail: POST /api/v1/accounts/password-reset.',
    );
  }
}

export class EmailUnverifiedError extends DomainError {
  readonly code = 'accounts.email_unverified';
  readonly kind = 'forbidden';

  constructor() {
    super(
      'The e-mail address of this account is not verified yet. Follow the link in the mail that was sent to it; if there is none, log in again in three minutes and another one comes.',
    );
  }
}

/** One answer for every reason: whoever has no right link learns nothing. */
export class LinkInvalidError extends DomainError {
  readonly code = 'accounts.link_invalid';
  readonly kind = 'invalid';

  constructor() {
    super('This link was used before, has expired, or is not complete. Ask for a new mail and use the link in it.');
  }
}
