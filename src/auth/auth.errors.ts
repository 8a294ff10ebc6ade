import { DomainError } from '../common/errors/domain-error.js';

export type TokenProblem = 'invalid' | 'expired' | 'no_id' | 'wrong_type' | 'no_user' | 'blacklisted';

const MESSAGES: Record<TokenProblem, string> = {
  invalid: 'Token is invalid',
  expired: 'Token is expired',
  no_id: 'Token has no id',
  wrong_type: 'Token has wrong type',
  no_user: 'Token contained no recognizable user identification',
  blacklisted: 'Token is blacklisted',
};

/** A token that must not be accepted. The messages are those old clients know (contract section 1.3). */
export class TokenRejectedError extends DomainError {
  readonly code = 'auth.token_not_valid';
  readonly kind = 'unauthenticated';

  constructor(readonly problem: TokenProblem) {
    super(MESSAGES[problem]);
  }
}

export class CredentialsRejectedError extends DomainError {
  readonly code = 'auth.credentials_rejected';
  readonly kind = 'unauthenticated';

  constructor() {
    super('No active account found with the given credentials');
  }
}

export class AuthenticationRequiredError extends DomainError {
  readonly code = 'auth.required';
  readonly kind = 'unauthenticated';

  constructor() {
    super(
      'This needs a bearer token. Get one from POST /api/v1/auth/login and send it as "Authorization: Bearer <token>".',
    );
  }
}

export class AccessDeniedError extends DomainError {
  readonly code = 'auth.forbidden';
  readonly kind = 'forbidden';
}

/** The user may not have a token for the organization; the sentences are part of the old contract (section 1.4). */
export class MembershipRequiredError extends DomainError {
  readonly code = 'auth.membership_required';
  readonly kind = 'forbidden';
}
