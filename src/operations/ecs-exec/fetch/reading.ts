import { DomainError, errorMessage } from '../../../common/errors/domain-error.js';
import { areKeysUnknown, AwsUnavailableError, errorName, isRefused, isSessionOver } from '../../../aws/aws.errors.js';
import { ExecCredentialsError } from '../ecs-exec.errors.js';
import { type Input, read, unreadable } from '../snapshot.js';

/** How something is read, and what a failure of it means. */
export interface Reading {
  /** For people: `the service ps-web`. */
  what: string;
  /** What IAM has to allow for it: `ecs:DescribeServices`. */
  permission: string;
  /** Codes of errors by which AWS says that there is none. */
  absent?: readonly string[];
  /** Nothing can be said without it, so a failure ends everything. */
  isEssential?: boolean;
}

/**
 * What AWS answers. A refusal makes the input unreadable, with the permission; so does any other failure of what is not
 * essential. Throws {@link ExecCredentialsError} when AWS takes the credentials no more, and
 * {@link AwsUnavailableError} for a failure of what is essential.
 */
export async function reading<T>(
  { what, permission, absent = [], isEssential = false }: Reading,
  ask: () => Promise<T>,
): Promise<Input<T | null>> {
  try {
    return read(await ask());
  } catch (error) {
    if (absent.includes(errorName(error))) return read(null);
    if (isRefused(error)) return unreadable(`You may not read ${what}.`, permission);
    throwIfOver(error);
    if (isEssential) throw error instanceof DomainError ? error : new AwsUnavailableError(`for ${what}`, error);
    return unreadable(`Could not read ${what}: ${errorMessage(error)}`, null);
  }
}

/** As {@link reading}, of what there always is. */
export async function readingAlways<T>(how: Reading, ask: () => Promise<T>): Promise<Input<T>> {
  const input = await reading(how, ask);
  if (!input.isRead) return input;
  return input.value === null ? unreadable(`Could not find ${how.what}.`, null) : read(input.value);
}

/** Throws {@link ExecCredentialsError} when that is what AWS said; what wraps such an error counts as well. */
export function throwIfOver(error: unknown): void {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (isSessionOver(cause))
      throw new ExecCredentialsError('The AWS session is over. Log in again with psctl creds login.', { cause: error });
    if (areKeysUnknown(cause))
      throw new ExecCredentialsError('AWS does not take these credentials. Look at psctl creds status, and log in.', {
        cause: error,
      });
  }
}

/** Goes on with what was read; what was not stays unreadable, for the same reason. */
export async function then<T, U>(input: Input<T>, next: (value: T) => Promise<Input<U>>): Promise<Input<U>> {
  return input.isRead ? next(input.value) : input;
}

export function nothing<T>(): Promise<Input<T | null>> {
  return Promise.resolve(read(null));
}
