import { DomainError, errorMessage } from '../common/errors/domain-error.js';

export class AwsUnavailableError extends DomainError {
  readonly code = 'aws.unavailable';
  readonly kind = 'unavailable';

  constructor(what: string, cause: unknown) {
    // Behind the first line the SDK explains itself to programmers.
    const [why = ''] = errorMessage(cause).split('\n');
    super(
      `AWS was asked ${what} and did not tell (${why}). Check the permissions of the service's role, and that this machine reaches AWS.`,
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

const REFUSED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AccessDeniedFault',
  'UnauthorizedOperation',
  'UnauthorizedException',
  'AuthorizationError',
]);
const OVER = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);
const UNKNOWN_KEYS = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'AuthFailure',
  'InvalidAccessKeyId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
]);

/** Whether AWS said that the caller may not ask this. */
export function isRefused(error: unknown): boolean {
  return REFUSED.has(errorName(error));
}

/** Whether AWS said that the credentials are over. */
export function isSessionOver(error: unknown): boolean {
  return OVER.has(errorName(error));
}

/** Whether AWS does not take the credentials at all. */
export function areKeysUnknown(error: unknown): boolean {
  return UNKNOWN_KEYS.has(errorName(error));
}

/** The code AWS gave its error, such as `NoSuchEntity`; empty for anything else that was thrown. */
export function errorName(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}
