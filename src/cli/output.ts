import { errorMessage } from '../common/errors/domain-error.js';

const FAILED = 1;
const WRONG_USAGE = 2;

/** The command was called in a way that cannot work. */
class UsageError extends Error {}

export function usageError(message: string): Error {
  return new UsageError(message);
}

/** Says on stderr why a command failed, as text or JSON, and sets the exit code: 1 failed, 2 wrong usage. */
export function reportFailure(error: unknown, isJson: boolean): void {
  const message = errorMessage(error);
  process.stderr.write(`${isJson ? JSON.stringify({ error: message }) : message}\n`);
  process.exitCode = error instanceof UsageError ? WRONG_USAGE : FAILED;
}
