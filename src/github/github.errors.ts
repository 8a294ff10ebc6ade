import { DomainError } from '../common/errors/domain-error.js';

/** GitHub knows no such token, or no such code (any more). */
export class GithubRejectedError extends DomainError {
  readonly code = 'github.rejected';
  readonly kind = 'forbidden';

  constructor() {
    super('GitHub does not accept this token or code. Get a new one and try again.');
  }
}

/** No answer from GitHub, or none that makes sense. The log says why; the caller need not know. */
export class GithubUnavailableError extends DomainError {
  readonly code = 'github.unavailable';
  readonly kind = 'unavailable';

  constructor() {
    super('GitHub cannot be asked at this moment. Try again in a minute, or log in with your password.');
  }
}

export class GithubNotConfiguredError extends DomainError {
  readonly code = 'github.not_configured';
  readonly kind = 'unavailable';

  constructor(missing: string) {
    super(
      `Logging in through GitHub is not set up here. Log in with your password; whoever runs the service can set ${missing}.`,
    );
  }
}
