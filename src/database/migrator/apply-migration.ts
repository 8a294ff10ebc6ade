import { setTimeout as delay } from 'node:timers/promises';
import { QueryFailedError } from 'typeorm';
import { errorMessage } from '../../common/errors/domain-error.js';
import { MigrationError } from './migration-error.js';
import { withJitter } from './migration-pace.js';
import { addNote, forgetStart, recordApplied, recordEnd, recordStart } from './migration-store.js';
import { type MigrationSession } from './migration-session.js';
import { MigrationStepFailure, type MigrationWorker } from './migration-worker.js';
import { type Migration } from './migration.types.js';
import { recordEvent } from './operator-events.js';
import { withReports } from './progress-reports.js';

/** SQLSTATE of a lock on a table that was not to be had within `lock_timeout`. */
const LOCK_NOT_AVAILABLE = '55P03';
const DUPLICATE_TABLE = '42P07';

/**
 * Applies one migration and records it. `note` says what a person
 * decided about it, if anything, and is kept with it and in the audit log. A migration in a transaction that fails leaves nothing
 * behind; one without leaves an unfinished record, for a person to resolve.
 */
export async function applyMigration(
  session: MigrationSession,
  worker: MigrationWorker,
  migration: Migration,
  note: string,
): Promise<void> {
  const { client, pace, onProgress } = session;
  for (let retries = 0; ; retries += 1) {
    await session.lock.verify();
    await recordStart(client, migration, session.executor, note);
    try {
      await withReports(session, worker, `Applying ${migration.name}`, () =>
        worker.run(migration, 'up', async (runner, notices) => {
          await recordApplied(runner, migration);
          await recordEnd(runner, migration.name, notices);
          if (note !== '')
            await recordEvent(runner, { action: 'migration.applied', migration: migration.name, details: { note } });
        }),
      );
      return;
    } catch (error) {
      const cause = error instanceof MigrationStepFailure ? error.cause : error;
      const isRolledBack = error instanceof MigrationStepFailure && error.isRolledBack;
      await recordFailure(session, migration, isRolledBack, cause);
      const isRetried = sqlState(cause) === LOCK_NOT_AVAILABLE && retries < pace.tableLockRetries;
      if (!isRetried || (migration.isTransactional && !isRolledBack)) throw failure(migration, isRolledBack, cause);
      onProgress(
        `${migration.name} did not get a lock on a table within ${pace.tableLockMs / 1000} s; try ${retries + 2} of ${pace.tableLockRetries + 1} follows`,
      );
      // One without a transaction has begun, and what has begun is finished.
      const signal = migration.isTransactional ? session.signal : undefined;
      await delay(withJitter(pace.retryPauseMs * (retries + 1)), undefined, { signal });
    }
  }
}

async function recordFailure(
  { client, onProgress }: MigrationSession,
  { name, isTransactional }: Migration,
  isRolledBack: boolean,
  cause: unknown,
): Promise<void> {
  try {
    if (isRolledBack && isTransactional) await forgetStart(client, name);
    else await addNote(client, name, `failed: ${errorMessage(cause)}`);
  } catch (error) {
    // The failure itself is what must be told; the next start finds the record without an end.
    onProgress(`That ${name} failed could not be recorded: ${errorMessage(error)}`);
  }
}

function failure({ name, isTransactional }: Migration, isRolledBack: boolean, cause: unknown): MigrationError {
  const reason = errorMessage(cause);
  if (!isTransactional) {
    return new MigrationError(
      'dirty',
      `${name} failed, and what it did before stays, for it runs without a transaction: ${reason}. Look at what is there, ` +
        `finish or undo it by hand, then say so: psctl db resolve ${name} --applied, or --rolled-back.`,
      { cause },
    );
  }
  const state = isRolledBack
    ? 'nothing of it is left'
    : 'the connection is gone, so the next start will see what became of it';
  const hint =
    sqlState(cause) === DUPLICATE_TABLE
      ? ' If this database was set up without a history of migrations: psctl db baseline.'
      : '';
  return new MigrationError('failed', `${name} failed, and ${state}: ${reason}.${hint}`, { cause });
}

function sqlState(error: unknown): string | undefined {
  return error instanceof QueryFailedError ? (error.driverError as { code?: string }).code : undefined;
}
