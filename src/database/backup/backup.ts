import { createHash } from 'node:crypto';
import { chmodSync, createReadStream, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { type DatabaseUrl } from '../database-url.js';
import { BackupError } from './backup.errors.js';
import { withClient } from '../with-client.js';
import { findTool, runTool, serverMajorOf } from './pg-tools.js';

const APPLICATION = 'ps-server backup';

export interface Dump {
  file: string;
  bytes: number;
  /** Of the file, in hex. */
  sha256: string;
  /** Newest migration the database had; null before the first. */
  schema: string | null;
}

export interface Restored {
  tables: number;
  schema: string | null;
}

/**
 * Writes the whole database to a file in Postgres's custom format, consistent as of one moment, while the service works
 * on. All of it or nothing appears under that name, for its owner only. Throws {@link BackupError}.
 */
export async function dumpDatabase(url: DatabaseUrl, file: string, executablePath: string): Promise<Dump> {
  if (existsSync(file)) throw new BackupError(`${file} exists already. Name another file, or move it away.`);
  const { major, schema } = await withClient(url, APPLICATION, async (client) => ({
    major: await serverMajorOf(client),
    schema: await newestMigration(client),
  }));
  const tool = await findTool('pg_dump', executablePath, major);
  const draft = `${file}.partial`;
  try {
    writeFileSync(draft, '', { mode: 0o600 });
    chmodSync(draft, 0o600);
    await runTool(tool, url, ['--format=custom', '--no-owner', '--no-privileges', `--file=${draft}`]);
    const sha256 = await digestOf(draft);
    renameSync(draft, file);
    return { file, bytes: statSync(file).size, sha256, schema };
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Fills an empty database from a dump, in one transaction. It never touches one that has tables: what is in it would be
 * lost, or mixed with what is restored. Throws {@link BackupError}.
 */
export async function restoreDatabase(url: DatabaseUrl, file: string, executablePath: string): Promise<Restored> {
  if (!existsSync(file)) throw new BackupError(`There is no file ${file}.`);
  const { major, tables } = await withClient(url, APPLICATION, async (client) => ({
    major: await serverMajorOf(client),
    tables: await countTables(client),
  }));
  if (tables > 0)
    throw new BackupError(
      `The database ${url.toString()} has ${tables} tables, and a restore needs an empty one. Create one (CREATE DATABASE ...), and name it in PS_DATABASE_URL.`,
    );
  const tool = await findTool('pg_restore', executablePath, major);
  const database = decodeURIComponent(new URL(url.value).pathname.slice(1));
  const options = ['--exit-on-error', '--single-transaction', '--no-owner', '--no-privileges', `--dbname=${database}`];
  await runTool(tool, url, [...options, file]);
  return withClient(url, APPLICATION, async (client) => ({
    tables: await countTables(client),
    schema: await newestMigration(client),
  }));
}

async function countTables(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  return rows[0]?.count ?? 0;
}

async function newestMigration(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ isThere: boolean }>(
    `SELECT to_regclass('schema_migrations') IS NOT NULL AS "isThere"`,
  );
  if (!rows[0]?.isThere) return null;
  const newest = await client.query<{ name: string }>(
    'SELECT name FROM schema_migrations ORDER BY timestamp DESC LIMIT 1',
  );
  return newest.rows[0]?.name ?? null;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
