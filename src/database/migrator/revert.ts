import { errorMessage } from '../../common/errors/domain-error.js';
import { type DatabaseUrl } from '../database-url.js';
import { unfinished } from './history-rules.js';
import { MigrationError } from './migration-error.js';
import { addNote, forget, reopen } from './migration-store.js';
import {
  type MigrationSession,
  type SessionOptions,
  settleRecords,
  withMigrationSession,
} from './migration-session.js';
import { MigrationStepFailure, MigrationWorker } from './migration-worker.js';
import { find } from './migrator.js';
import { type Migration, type MigrationHistory } from './migration.types.js';
import { recordEvent } from './operator-events.js';
import { withReports } from './progress-reports.js';

/** How far back: a number of migrations, or down to one that stays. */
export type RevertTarget = { steps: number } | { to: string };

/** Undoes the newest migrations, newest first. Answers their names. Throws {@link MigrationError}. */
export function revert(url: DatabaseUrl, target: RevertTarget, options: SessionOptions): Promise<string[]> {
  return withMigrationSession(url, options, async (session) => {
    const migrations = toRevert(session.build, await settleRecords(session), target);
    if (migrations.length === 0) return [];
    const worker = await MigrationWorker.open(session);
    try {
      for (const migration of migrations) {
        session.signal?.throwIfAborted();
        await revertOne(session, worker, migration);
        session.onProgress(`Reverted ${migration.name}`);
      }
    } finally {
      await worker.close();
    }
    return migrations.map(({ name }) => name);
  });
}

/** What would be undone, newest first. Throws {@link MigrationError} when the history does not allow it. */
export function toRevert(build: readonly Migration[], history: MigrationHistory, target: RevertTarget): Migration[] {
  const [dirty] = unfinished(history);
  if (dirty) {
    throw new MigrationError('dirty', `${dirty.name} has no end; say first what became of it: psctl db resolve.`);
  }
  const newestFirst = history.applied.toSorted((a, b) => b.timestamp - a.timestamp).map(({ name }) => name);
  const names = 'steps' in target ? newestFirst.slice(0, target.steps) : after(newestFirst, target.to);
  const known = new Set(build.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new MigrationError(
      'databaseAhead',
      `${unknown} was applied by a newer release, and only that one knows how to undo it. Revert with that release.`,
    );
  }
  return names.map((name) => find(build, name));
}

function after(newestFirst: readonly string[], kept: string): string[] {
  const at = newestFirst.indexOf(kept);
  if (at >= 0) return newestFirst.slice(0, at);
  throw new MigrationError('failed', `${kept} is not applied, so nothing can be reverted to it; see "psctl db show".`);
}

async function revertOne(session: MigrationSession, worker: MigrationWorker, migration: Migration): Promise<void> {
  const { name, isTransactional } = migration;
  await session.lock.verify();
  if (!isTransactional) await reopen(session.client, name, `reverted by ${session.executor.name}`);
  try {
    await withReports(session, worker, `Reverting ${name}`, () =>
      worker.run(migration, 'down', async (runner) => {
        await forget(runner, name);
        await recordEvent(runner, { action: 'migration.reverted', migration: name });
      }),
    );
  } catch (error) {
    const reason = errorMessage(error instanceof MigrationStepFailure ? error.cause : error);
    if (isTransactional) {
      throw new MigrationError('failed', `${name} could not be reverted and stays applied: ${reason}`, {
        cause: error,
      });
    }
    await addNote(session.client, name, `revert failed: ${reason}`);
    throw new MigrationError(
      'dirty',
      `${name} could not be reverted, and it runs without a transaction: ${reason}. Finish by hand, then say what is true: ` +
        `psctl db resolve ${name} --applied, or --rolled-back.`,
      { cause: error },
    );
  }
}
