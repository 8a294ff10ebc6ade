import { DomainError, errorMessage } from '../common/errors/domain-error.js';

export class AwsUnavailableError extends DomainError {
  readonly code = 'aws.unavailable';
  readonly kind = 'unavailable';

  constructor(what: string, cause: unknown) {
    super(
      `AWS was asked ${what} and did not tell (${errorMessage(cause)}). Check the permissions of the service's role, and that this machine reaches AWS.`,
      { cause },
    );
  }
}

/** Asks AWS; whatever goes wrong is an {@link AwsUnavailableError} that says what was asked. */
export async function told<Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw new AwsUnavailableError(what, error);
  }
}
