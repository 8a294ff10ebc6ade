import { type DatabaseUrl } from '../database-url.js';
import { assess, unfinished } from './history-rules.js';
import { MigrationError } from './migration-error.js';
import { forget, recordApplied, recordEnd, recordStart } from './migration-store.js';
import {
  type MigrationSession,
  type SessionOptions,
  settleRecords,
  withMigrationSession,
} from './migration-session.js';
import { find } from './migrator.js';
import { type Migration } from './migration.types.js';
import { recordEvent } from './operator-events.js';

/**
 * Records migrations as applied without running them: those named, or with null every pending one. Answers their names.
 * Throws {@link MigrationError} when an older one would stay pending.
 */
export function fake(url: DatabaseUrl, names: readonly string[] | null, options: SessionOptions): Promise<string[]> {
  return withMigrationSession(url, options, async (session) => {
    const { pending } = assess(session.build, await settleRecords(session));
    const migrations = names === null ? pending : names.map((name) => find(pending, name));
    const newest = Math.max(...migrations.map(({ timestamp }) => timestamp));
    const skipped = pending.find((older) => older.timestamp < newest && !migrations.includes(older));
    if (skipped) {
      throw new MigrationError('history', `${skipped.name} is older and pending too. Apply it, or fake it first.`);
    }
    await recordAsApplied(session, migrations, 'migration.faked', 'recorded as applied without being run');
    return migrations.map(({ name }) => name);
  });
}

/** Writes the rows that running the migrations would have left, all or none. */
export async function recordAsApplied(
  { client, executor }: MigrationSession,
  migrations: readonly Migration[],
  action: string,
  note: string,
): Promise<void> {
  await client.query('BEGIN');
  for (const migration of migrations) {
    await recordStart(client, migration, executor, note);
    await recordApplied(client, migration);
    await recordEnd(client, migration.name);
    await recordEvent(client, { action, migration: migration.name });
  }
  await client.query('COMMIT');
}

/** Says what a person found out about a migration that was broken off. Throws {@link MigrationError} for any other. */
export function resolve(
  url: DatabaseUrl,
  name: string,
  truth: 'applied' | 'rolled-back',
  options: SessionOptions,
): Promise<void> {
  return withMigrationSession(url, options, async (session) => {
    const { client, executor } = session;
    const history = await settleRecords(session);
    if (!unfinished(history).some((row) => row.name === name)) {
      throw new MigrationError(
        'failed',
        `${name} was not broken off, so there is nothing to resolve; see "psctl db show".`,
      );
    }
    const isRecorded = history.applied.some((row) => row.name === name);
    await client.query('BEGIN');
    if (truth === 'rolled-back') {
      await forget(client, name);
    } else {
      if (!isRecorded) await recordApplied(client, { name, timestamp: Number(name.slice(-13)) });
      await recordEnd(client, name, `resolved as applied by ${executor.name}`);
    }
    await recordEvent(client, { action: 'migration.resolved', migration: name, details: { as: truth } });
    await client.query('COMMIT');
  });
}
