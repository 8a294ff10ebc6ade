import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { OperatorError } from '../../common/errors/operator-error.js';
import { type DatabaseUrl } from '../database-url.js';
import { loadMigrations, type MigrationClass } from './migration-files.js';

/** Two-part advisory lock key: "ps" in ASCII, and 1 for migrations. */
const LOCK = [0x7073, 1];
const POLL_MS = 250;

export interface MigrateOptions {
  lockTimeoutSeconds: number;
  onProgress: (message: string) => void;
  migrations?: MigrationClass[];
  /** Ends the wait for another process with an AbortError; a migration that has begun is finished. */
  signal?: AbortSignal | undefined;
}

/** Another process held the migration lock for the whole wait. */
export class MigrationLockTimeout extends OperatorError {}

/**
 * Applies every pending migration, each in its own transaction, under a session advisory lock. The lock is polled for:
 * a process that blocks on it would deadlock with CREATE INDEX CONCURRENTLY in the holder. Returns the names applied.
 */
export async function migrate(url: DatabaseUrl, options: MigrateOptions): Promise<string[]> {
  const migrations = options.migrations ?? (await loadMigrations());
  const lock = new pg.Client({ connectionString: url.value, application_name: 'ps-server migrate', keepAlive: true });
  await lock.connect();
  try {
    await acquire(lock, options);
    return await applyPending(url, migrations, options);
  } finally {
    await lock.end();
  }
}

async function acquire(client: pg.Client, options: MigrateOptions): Promise<void> {
  const attempts = Math.ceil((options.lockTimeoutSeconds * 1000) / POLL_MS);
  for (let attempt = 0; attempt <= attempts; attempt++) {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS locked', LOCK);
    if (rows[0]?.locked) return;
    if (attempt === 0) options.onProgress('Another process is migrating the database; waiting for it');
    await delay(POLL_MS, undefined, { signal: options.signal });
  }
  throw new MigrationLockTimeout(
    `Another process has held the migration lock for ${options.lockTimeoutSeconds} s. ` +
      'Find it in pg_stat_activity under the application name "ps-server migrate", then start again.',
  );
}

async function applyPending(
  url: DatabaseUrl,
  migrations: MigrationClass[],
  options: MigrateOptions,
): Promise<string[]> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: url.value,
    migrations,
    migrationsTableName: 'schema_migrations',
    poolSize: 2,
  });
  await dataSource.initialize();
  try {
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    for (const { name } of applied) options.onProgress(`Applied ${name}`);
    return applied.map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}
