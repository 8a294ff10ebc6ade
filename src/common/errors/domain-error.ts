/** What kind of failure an error is; the HTTP edge maps each kind to one status. */
export type ErrorKind =
  'invalid' | 'unauthenticated' | 'forbidden' | 'not_found' | 'conflict' | 'unavailable' | 'too_many_requests';

const HTTP_STATUS: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  unavailable: 503,
  too_many_requests: 429,
};

/**
 * A failure the caller can understand and act on. `code` is stable (`capacity.ttl_out_of_range`) and part of the API;
 * the message says what happened, why, and what to do next. Anything else that is thrown is a defect and answers 500.
 */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  abstract readonly kind: ErrorKind;
  /** In how many seconds the same request may succeed, where that is known. */
  readonly retryAfterSeconds?: number;

  override get name(): string {
    return this.constructor.name;
  }

  get httpStatus(): number {
    return HTTP_STATUS[this.kind];
  }
}

/** The text of anything thrown, for logs and run messages. */
export function errorMessage(error: unknown): string {
  // A host name with several addresses that all refuse is one error without a text of its own.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(errorMessage).join('; ');
  return hasProperty(error, 'message') ? String(error.message) : String(error);
}

/** True for a Node system error with this code, such as `ENOENT`. */
export function hasErrorCode(error: unknown, code: string): boolean {
  return hasProperty(error, 'code') && error.code === code;
}

function hasProperty<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return typeof value === 'object' && value !== null && key in value;
}
