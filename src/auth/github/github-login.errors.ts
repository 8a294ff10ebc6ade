import { DomainError } from '../../common/errors/domain-error.js';

/** For logins that only linked accounts may use. */
export class GithubUnlinkedError extends DomainError {
  readonly code = 'github.unlinked';
  readonly kind = 'forbidden';

  constructor() {
    super('No account is linked to this GitHub account. Log in and link it: POST /api/v1/account/github/device.');
  }
}

/** The person said no, or GitHub did. */
export class GithubDeniedError extends DomainError {
  readonly code = 'github.denied';
  readonly kind = 'forbidden';

  constructor() {
    super('The login was not permitted at GitHub. Begin again to try once more.');
  }
}

/** Another browser's login, a forged one, or a browser without cookies. */
export class GithubStateMismatchError extends DomainError {
  readonly code = 'github.state_mismatch';
  readonly kind = 'invalid';

  constructor() {
    super(
      'This login was not begun in this browser, or more than ten minutes ago. Begin again, and allow cookies of this site.',
    );
  }
}
