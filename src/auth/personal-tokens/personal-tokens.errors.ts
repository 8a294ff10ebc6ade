import { DomainError } from '../../common/errors/domain-error.js';

export class InvalidPersonalTokenError extends DomainError {
  readonly code = 'personal_tokens.invalid';
  readonly kind = 'invalid';
}

export class ScopeNotHeldError extends DomainError {
  readonly code = 'personal_tokens.scope_not_held';
  readonly kind = 'forbidden';

  constructor(scopes: readonly string[]) {
    super(`A token cannot do more than its owner, and you may not do this: ${scopes.join(', ')}. Leave it out.`);
  }
}

export class TooManyPersonalTokensError extends DomainError {
  readonly code = 'personal_tokens.too_many';
  readonly kind = 'conflict';

  constructor(limit: number) {
    super(`An account has at most ${limit} personal access tokens. Revoke one that is not used any more.`);
  }
}

export class PersonalTokenNotFoundError extends DomainError {
  readonly code = 'personal_tokens.not_found';
  readonly kind = 'not_found';

  constructor(id: string) {
    super(`There is no personal access token ${id}. List the tokens to find the right one.`);
  }
}
