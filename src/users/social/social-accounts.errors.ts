import { DomainError } from '../../common/errors/domain-error.js';

export class GithubAccountTakenError extends DomainError {
  readonly code = 'github.account_taken';
  readonly kind = 'conflict';

  constructor(login: string) {
    super(
      `The GitHub account ${login} is linked to another account of this service. Log in to that one and unlink it (DELETE /api/v1/account/github) first.`,
    );
  }
}

export class GithubAlreadyLinkedError extends DomainError {
  readonly code = 'github.already_linked';
  readonly kind = 'conflict';

  constructor() {
    super(
      'This account is linked to another GitHub account. To change that, log in, unlink it (DELETE /api/v1/account/github), and link the new one.',
    );
  }
}

export class GithubNotLinkedError extends DomainError {
  readonly code = 'github.not_linked';
  readonly kind = 'not_found';

  constructor() {
    super('This account is not linked to a GitHub account.');
  }
}

/** Who administers is never let in by an e-mail address alone. */
export class GithubLinkRequiredError extends DomainError {
  readonly code = 'github.link_required';
  readonly kind = 'forbidden';

  constructor() {
    super(
      'The account with this e-mail address is one of the staff, and these are not linked by an address. Log in with its password and link GitHub there (POST /api/v1/account/github/device).',
    );
  }
}

export class GithubUsernameTakenError extends DomainError {
  readonly code = 'github.username_taken';
  readonly kind = 'conflict';

  constructor(username: string) {
    super(
      `No account is linked to this GitHub account, and a new one cannot be called ${username}: there is an account with this name. If it is yours, log in and link GitHub there (POST /api/v1/account/github/device); if not, register with another name at POST /api/v1/accounts first.`,
    );
  }
}

export class GithubEmailMissingError extends DomainError {
  readonly code = 'github.email_missing';
  readonly kind = 'forbidden';

  constructor() {
    super(
      'No account is linked to this GitHub account, and it has no verified primary e-mail address to find or make one by. Verify one at GitHub, or log in here and link GitHub (POST /api/v1/account/github/device).',
    );
  }
}

/** One answer for a login that was never begun, ended, used up, or begun before the password was changed. */
export class GithubFlowExpiredError extends DomainError {
  readonly code = 'github.flow_expired';
  readonly kind = 'invalid';

  constructor() {
    super('This login through GitHub has expired or was used already. Begin again.');
  }
}
