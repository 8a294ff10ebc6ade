import { DomainError } from '../common/errors/domain-error.js';

export class TooManyAttemptsError extends DomainError {
  readonly code = 'throttle.too_many_attempts';
  readonly kind = 'too_many_requests';

  constructor(override readonly retryAfterSeconds: number) {
    super(`There were too many attempts. Try again in ${retryAfterSeconds} seconds.`);
  }
}
