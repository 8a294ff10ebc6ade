import { hostname } from 'node:os';
import type pg from 'pg';
import { appVersion } from '../../config/app-version.js';
import { type DatabaseUrl } from '../database-url.js';
import { truthOf, unfinished } from './history-rules.js';
import { loadBuild } from './migration-files.js';
import { applicationName, MigrationLock } from './migration-lock.js';
import { DEFAULT_PACE, type MigrationPace } from './migration-pace.js';
import { createTables, type Executor, forgetStart, readHistory, recordEnd, recordStart } from './migration-store.js';
import { type Migration, type MigrationHistory } from './migration.types.js';

export interface SessionOptions {
  lockTimeoutSeconds: number;
  onProgress: (message: string) => void;
  /** Of this build, unless a test brings its own. */
  migrations?: Migration[] | undefined;
  /** Ends the wait for another process with an AbortError; a migration that has begun is finished. */
  signal?: AbortSignal | undefined;
  /** The task of a container service, or the host; shown in `pg_stat_activity` and `migration_audit`. */
  host?: string | undefined;
  pace?: Partial<MigrationPace> | undefined;
}

/** What may be done with migrations while nobody else can. */
export interface MigrationSession {
  url: DatabaseUrl;
  build: Migration[];
  lock: MigrationLock;
  /** The connection that holds the lock. What is written on it is committed at once. */
  client: pg.Client;
  applicationName: string;
  executor: Executor;
  pace: MigrationPace;
  onProgress: (message: string) => void;
  signal: AbortSignal | undefined;
}

/** Runs `work` while this process, and no other, may migrate the database. */
export async function withMigrationSession<T>(
  url: DatabaseUrl,
  options: SessionOptions,
  work: (session: MigrationSession) => Promise<T>,
): Promise<T> {
  const build = options.migrations ?? (await loadBuild());
  const host = options.host ?? hostname();
  const version = appVersion();
  const name = applicationName(version, host);
  const pace = { ...DEFAULT_PACE, ...options.pace };
  const { onProgress, signal } = options;
  const lock = await MigrationLock.acquire(url, {
    applicationName: name,
    timeoutSeconds: options.lockTimeoutSeconds,
    pace,
    onProgress,
    signal,
  });
  try {
    const executor = { version, name: `${host} pid ${process.pid}` };
    const { client } = lock;
    return await work({ url, build, lock, client, applicationName: name, executor, pace, onProgress, signal });
  } finally {
    await lock.release();
  }
}

/**
 * Brings the records up to what is true: makes the tables, settles migrations that a killed process left without an end
 * where that can be told, and records what was applied before `migration_audit` was kept. Answers what is recorded then.
 */
export async function settleRecords(session: MigrationSession): Promise<MigrationHistory> {
  const { client } = session;
  await createTables(client);
  await settleUnfinished(session, await readHistory(client));
  await recordEarlier(session, await readHistory(client));
  return readHistory(client);
}

async function settleUnfinished({ client, onProgress }: MigrationSession, history: MigrationHistory): Promise<void> {
  for (const row of unfinished(history)) {
    const truth = truthOf(row, history);
    if (truth === 'unclear') continue;
    const begun = `${row.name}, begun ${row.startedAt.toISOString()} by ${row.executedBy}, was broken off`;
    if (truth === 'applied') {
      onProgress(`${begun} after it was committed: it is applied`);
      await recordEnd(client, row.name, 'broken off after the commit; recorded by the next start');
    } else {
      onProgress(`${begun} and rolled back by Postgres: nothing of it is left`);
      await forgetStart(client, row.name);
    }
  }
}

async function recordEarlier({ client, build, executor }: MigrationSession, history: MigrationHistory): Promise<void> {
  const applied = new Set(history.applied.map(({ name }) => name));
  const recorded = new Set(history.audit.map(({ name }) => name));
  for (const migration of build.filter(({ name }) => applied.has(name) && !recorded.has(name))) {
    await client.query('BEGIN');
    await recordStart(client, migration, executor, 'applied before this was recorded');
    await recordEnd(client, migration.name);
    await client.query('COMMIT');
  }
}
