import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type DatabaseUrl } from '../database-url.js';
import { MigrationError } from './migration-error.js';
import { type MigrationPace, nextPoll, withJitter } from './migration-pace.js';

/** Two-part advisory lock keys: "ps" in ASCII, and 1 for who migrates (2 is the lease of an embedded Postgres). */
export const MIGRATOR = [0x7073, 1] as const;
/** What the connection holds on which statements of migrations run, so that whoever comes next finds it. */
export const MIGRATING_CONNECTION = [0x7073, 3] as const;

/** Postgres cuts longer names, and says so in a notice. */
const MAX_NAME_BYTES = 63;
const KEEPALIVE_IDLE_MS = 30_000;

/** Who holds an advisory lock of this database, by its key ($1, $2). */
const HOLDERS = `
  SELECT a.pid, a.application_name AS name, a.backend_start AS since
    FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
   WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = $2 AND l.objsubid = 2 AND l.granted
     AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** Nothing may end this session but its process; the last setting is there since Postgres 14. */
const SESSION = `
  SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3; SET statement_timeout = 0;
  SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'`;

export interface Holder {
  pid: number;
  name: string;
  since: Date;
}

export interface LockOptions {
  /** Shown by pg_stat_activity. */
  applicationName: string;
  timeoutSeconds: number;
  pace: MigrationPace;
  onProgress: (message: string) => void;
  /** Ends the wait with an AbortError. */
  signal?: AbortSignal | undefined;
}

/**
 * The right to migrate: a session advisory lock on a connection of its own, which ends with the process however it ends.
 * It is polled for outside of a transaction: a session that blocks on it would deadlock with CREATE INDEX CONCURRENTLY
 * in the holder, without Postgres noticing.
 */
export class MigrationLock {
  /** The end of the last {@link query}. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(readonly client: pg.Client) {}

  static async acquire(url: DatabaseUrl, options: LockOptions): Promise<MigrationLock> {
    const client = await connectLasting(url, options.applicationName);
    try {
      await poll(client, options);
      await endOrphans(client, options);
      return new MigrationLock(client);
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  /**
   * Throws when this session has lost the lock: its connection broke, or something on the way (PgBouncer) hands statements
   * to other sessions.
   */
  async verify(): Promise<void> {
    const sql = `SELECT EXISTS (SELECT 1 FROM (${HOLDERS}) AS holder WHERE pid = pg_backend_pid()) AS "isHeld"`;
    let isHeld: boolean | undefined;
    try {
      isHeld = (await this.query<{ isHeld: boolean }>(sql, [...MIGRATOR]))[0]?.isHeld;
    } catch (error) {
      throw lost(error);
    }
    if (!isHeld) throw lost(undefined);
  }

  /** For what may be asked while something else is: a connection takes one statement at a time. */
  query<Row extends pg.QueryResultRow>(sql: string, parameters: unknown[]): Promise<Row[]> {
    const answer = this.last.then(async () => (await this.client.query<Row>(sql, parameters)).rows);
    this.last = answer.catch(() => undefined);
    return answer;
  }

  async release(): Promise<void> {
    await this.client.end();
  }
}

/** For `pg_stat_activity`, cut to what Postgres takes. */
export function applicationName(version: string, host: string): string {
  return Buffer.from(`ps-migrate ${version} ${host}`)
    .subarray(0, MAX_NAME_BYTES)
    .toString('utf8')
    .replace(/\uFFFD$/, '');
}

/** A connection whose end Postgres notices within a minute, even if the host at this end vanishes. */
async function connectLasting(url: DatabaseUrl, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url.value,
    application_name: name,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_IDLE_MS,
  });
  // A connection that breaks while nothing runs on it is noticed by the next statement.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(SESSION);
  return client;
}

async function poll(client: pg.Client, options: LockOptions): Promise<void> {
  const { pace, signal, timeoutSeconds, onProgress } = options;
  const startedAt = performance.now();
  let reportAt = startedAt;
  for (let pause = pace.firstPollMs; ; pause = nextPoll(pause, pace)) {
    signal?.throwIfAborted();
    if (await tryLock(client)) return;
    const now = performance.now();
    if (now - startedAt > timeoutSeconds * 1000) throw await timedOut(client, timeoutSeconds);
    if (now >= reportAt) {
      reportAt = now + pace.reportMs;
      onProgress(
        `Another process is migrating the database: ${describeHolders(await holders(client, MIGRATOR))}; waiting for it`,
      );
    }
    await delay(withJitter(pause), undefined, { signal });
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const sql = 'SELECT pg_try_advisory_lock($1, $2) AS "isLocked"';
  return (await client.query<{ isLocked: boolean }>(sql, [...MIGRATOR])).rows[0]?.isLocked ?? false;
}

export async function holders(client: pg.Client, key: readonly [number, number]): Promise<Holder[]> {
  return (await client.query<Holder>(HOLDERS, [...key])).rows;
}

export function describeHolders(found: Holder[]): string {
  if (found.length === 0) return 'it has just ended';
  return found.map(({ pid, name, since }) => `"${name}", pid ${pid} since ${since.toISOString()}`).join('; ');
}

async function timedOut(client: pg.Client, timeoutSeconds: number): Promise<MigrationError> {
  return new MigrationError(
    'lockTimeout',
    `Another process has held the migration lock for ${timeoutSeconds} s: ${describeHolders(await holders(client, MIGRATOR))}. ` +
      'If it works, wait for it and start again; if it hangs, end it: SELECT pg_terminate_backend(<pid>). ' +
      'PS_MIGRATION_LOCK_TIMEOUT_SECONDS says how long to wait.',
  );
}

/**
 * The process that held the lock before may be dead while a statement of its, or even a COMMIT, still runs. Nobody may
 * read the history before that has ended, so whoever has the lock ends it.
 */
async function endOrphans(client: pg.Client, { pace, signal, timeoutSeconds, onProgress }: LockOptions): Promise<void> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  const told = new Set<number>();
  for (let pause = pace.firstPollMs / 5; ; pause = nextPoll(pause, pace)) {
    const orphans = await holders(client, MIGRATING_CONNECTION);
    if (orphans.length === 0) return;
    if (performance.now() > deadline) {
      throw new MigrationError(
        'lockTimeout',
        `What a dead process was migrating does not end: ${describeHolders(orphans)}.`,
      );
    }
    for (const { pid } of orphans) {
      if (!told.has(pid)) onProgress(`A process that was migrating is gone; ending what it left at work (pid ${pid})`);
      told.add(pid);
      await client.query('SELECT pg_terminate_backend($1)', [pid]);
    }
    await delay(pause, undefined, { signal });
  }
}

function lost(cause: unknown): MigrationError {
  return new MigrationError(
    'failed',
    'This process no longer holds the migration lock, so it does not go on: the connection broke, or a pooler in ' +
      'transaction mode is in between. Connect to Postgres itself and start again.',
    { cause },
  );
}
