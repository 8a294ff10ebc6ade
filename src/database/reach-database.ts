import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { errorMessage } from '../common/errors/domain-error.js';
import { OperatorError } from '../common/errors/operator-error.js';
import { type DatabaseUrl } from './database-url.js';

const RETRY_MS = 250;
/** SQLSTATEs of a server that starts or stops; with any other answer, waiting changes nothing. */
const PASSING_STATES = new Set(['57P01', '57P03']);
const HINTS: Record<string, string> = {
  '28P01': 'Correct the user or the password in PS_DATABASE_URL.',
  '28000': 'Correct the user in PS_DATABASE_URL, or let Postgres accept it (pg_hba.conf).',
  '3D000': 'Create that database, or correct the name in PS_DATABASE_URL.',
};
const OTHER_HINT = 'Start Postgres there, see that nothing on the way blocks it, or correct PS_DATABASE_URL.';

export interface ReachOptions {
  timeoutSeconds: number;
  onProgress: (message: string) => void;
  /** Ends the wait with an AbortError. */
  signal?: AbortSignal | undefined;
}

/**
 * Waits until Postgres takes connections: it may be starting at the same time as the service. Throws
 * {@link OperatorError} when it refuses us, or when the time is over.
 */
export async function reachDatabase(url: DatabaseUrl, options: ReachOptions): Promise<void> {
  const deadline = performance.now() + options.timeoutSeconds * 1000;
  for (let isFirst = true; ; isFirst = false) {
    const failure = await connectOnce(url, deadline - performance.now());
    if (failure === null) return;
    if (isRefusal(failure) || performance.now() + RETRY_MS > deadline) throw unreachable(url, failure);
    if (isFirst) {
      options.onProgress(
        `Postgres at ${url.toString()} does not answer yet (${errorMessage(failure)}); trying again for ${options.timeoutSeconds} s`,
      );
    }
    await delay(RETRY_MS, undefined, { signal: options.signal });
  }
}

async function connectOnce(url: DatabaseUrl, limitMs: number): Promise<Error | null> {
  const client = new pg.Client({
    connectionString: url.value,
    application_name: 'ps-server start',
    connectionTimeoutMillis: Math.max(limitMs, 1),
  });
  try {
    await client.connect();
  } catch (error) {
    return error instanceof Error ? error : new Error(errorMessage(error));
  }
  await client.end();
  return null;
}

function isRefusal(error: Error): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && !PASSING_STATES.has(error.code ?? '');
}

function unreachable(url: DatabaseUrl, error: Error): OperatorError {
  const hint = (isRefusal(error) ? HINTS[error.code ?? ''] : undefined) ?? OTHER_HINT;
  return new OperatorError(`Cannot connect to Postgres at ${url.toString()}: ${errorMessage(error)}. ${hint}`, {
    cause: error,
  });
}
