import type pg from 'pg';
import { type AppliedMigration, type AuditRow, type Migration, type MigrationHistory } from './migration.types.js';

/** TypeORM's table, as it makes it; its own command line works with it too. */
const SCHEMA_MIGRATIONS = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    id serial PRIMARY KEY,
    "timestamp" bigint NOT NULL,
    name varchar NOT NULL
  )`;

/** What TypeORM's table does not say. Made here and not by a migration: it must be there before the first one. */
const MIGRATION_AUDIT = `
  CREATE TABLE IF NOT EXISTS migration_audit (
    name varchar CONSTRAINT pk_migration_audit PRIMARY KEY,
    sha256 varchar(64),
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    duration_ms bigint,
    app_version varchar NOT NULL,
    executed_by varchar NOT NULL,
    compat varchar(16) NOT NULL CONSTRAINT ck_migration_audit_compat CHECK (compat IN ('expand', 'contract', 'breaking')),
    is_transactional boolean NOT NULL,
    output text NOT NULL DEFAULT ''
  )`;

const AUDIT_COLUMNS = `
  name, sha256, started_at AS "startedAt", finished_at AS "finishedAt", duration_ms::double precision AS "durationMs",
  app_version AS "appVersion", executed_by AS "executedBy", compat, is_transactional AS "isTransactional", output`;

/** Who runs a migration. */
export interface Executor {
  /** Of the service. */
  version: string;
  /** Host or task, and process. */
  name: string;
}

/** Anything statements can be sent to; both drivers' clients are. */
export interface Statements {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

export async function createTables(client: Statements): Promise<void> {
  await client.query(SCHEMA_MIGRATIONS);
  await client.query(MIGRATION_AUDIT);
}

/** Rows of a statement, whatever it is sent with. */
type Query = <Row extends pg.QueryResultRow>(sql: string, parameters?: unknown[]) => Promise<Row[]>;

export async function tableExists(client: pg.Client, table: string): Promise<boolean> {
  return exists(queryOf(client), table);
}

/** Empty for a database that was never migrated. */
export function readHistory(client: pg.Client): Promise<MigrationHistory> {
  return readHistoryWith(queryOf(client));
}

/** As {@link readHistory}, for who has no client of the driver. */
export async function readHistoryWith(query: Query): Promise<MigrationHistory> {
  const applied = (await exists(query, 'schema_migrations'))
    ? await query<{ name: string; timestamp: string }>('SELECT name, "timestamp" FROM schema_migrations ORDER BY id')
    : [];
  const audit = (await exists(query, 'migration_audit'))
    ? await query<AuditRow>(`SELECT ${AUDIT_COLUMNS} FROM migration_audit ORDER BY started_at, name`)
    : [];
  return { applied: applied.map(({ name, timestamp }) => ({ name, timestamp: Number(timestamp) })), audit };
}

function queryOf(client: pg.Client): Query {
  return async <Row extends pg.QueryResultRow>(sql: string, parameters: unknown[] = []) =>
    (await client.query<Row>(sql, parameters)).rows;
}

async function exists(query: Query, table: string): Promise<boolean> {
  const [found] = await query<{ exists: boolean }>('SELECT to_regclass($1) IS NOT NULL AS exists', [table]);
  return found?.exists ?? false;
}

/** Before a migration begins: from here on, it is unfinished. */
export async function recordStart(
  client: Statements,
  migration: Migration,
  executor: Executor,
  output = '',
): Promise<void> {
  await client.query(
    `INSERT INTO migration_audit (name, sha256, started_at, app_version, executed_by, compat, is_transactional, output)
     VALUES ($1, $2, clock_timestamp(), $3, $4, $5, $6, $7)
     ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, started_at = excluded.started_at, finished_at = NULL,
       duration_ms = NULL, app_version = excluded.app_version, executed_by = excluded.executed_by,
       compat = excluded.compat, is_transactional = excluded.is_transactional, output = excluded.output`,
    [
      migration.name,
      migration.sha256,
      executor.version,
      executor.name,
      migration.compat,
      migration.isTransactional,
      output,
    ],
  );
}

/** In the transaction of the migration, where it has one, so that both are true or neither. */
export async function recordApplied(client: Statements, { name, timestamp }: AppliedMigration): Promise<void> {
  await client.query('INSERT INTO schema_migrations ("timestamp", name) VALUES ($1, $2)', [timestamp, name]);
}

export async function recordEnd(client: Statements, name: string, note = ''): Promise<void> {
  await client.query(
    `UPDATE migration_audit SET finished_at = clock_timestamp(), output = concat_ws(E'\\n', nullif(output, ''), nullif($2, '')),
       duration_ms = extract(epoch FROM clock_timestamp() - started_at) * 1000 WHERE name = $1`,
    [name, note],
  );
}

/** Adds a line to what is known of a migration, and leaves its state as it is. */
export async function addNote(client: Statements, name: string, note: string): Promise<void> {
  await client.query(
    `UPDATE migration_audit SET output = concat_ws(E'\\n', nullif(output, ''), $2::text) WHERE name = $1`,
    [name, note],
  );
}

/** A migration whose revert begins is unfinished until that has ended. */
export async function reopen(client: Statements, name: string, note: string): Promise<void> {
  await client.query('UPDATE migration_audit SET finished_at = NULL, duration_ms = NULL WHERE name = $1', [name]);
  await addNote(client, name, note);
}

export async function forget(client: Statements, name: string): Promise<void> {
  await client.query('DELETE FROM schema_migrations WHERE name = $1', [name]);
  await client.query('DELETE FROM migration_audit WHERE name = $1', [name]);
}

/** The migration did not happen; what is recorded of one that has ended stays. */
export async function forgetStart(client: Statements, name: string): Promise<void> {
  await client.query('DELETE FROM migration_audit WHERE name = $1 AND finished_at IS NULL', [name]);
}

export async function setChecksum(client: Statements, name: string, sha256: string): Promise<void> {
  await client.query('UPDATE migration_audit SET sha256 = $2 WHERE name = $1', [name, sha256]);
}
