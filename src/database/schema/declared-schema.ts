import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { errorMessage } from '../../common/errors/domain-error.js';
import { OperatorError } from '../../common/errors/operator-error.js';
import { type DatabaseUrl } from '../database-url.js';
import { withClient } from '../with-client.js';
import { MIGRATIONS_DIRECTORY } from '../migrator/migration-files.js';
import { readCatalog, setSearchPath } from './catalog-reader.js';
import { type Catalog } from './catalog.types.js';

export const SCHEMA_FILE = 'schema.sql';
const ACTUAL_SCHEMA = 'public';
/** Nothing here waits for a lock that others hold, so a wait means that something is wrong. */
const LIMITS = "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '60s'";

export interface BothCatalogs {
  declared: Catalog;
  actual: Catalog;
}

/** The role may not make a schema in this database, so nobody can tell what schema.sql declares. */
export class ScratchSchemaRefused extends OperatorError {}

/** The text of schema.sql beside the migrations. Throws {@link OperatorError} without one. */
export function readDeclaration(directory: string = MIGRATIONS_DIRECTORY): string {
  const path = join(directory, SCHEMA_FILE);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  throw new OperatorError(`${path} is missing, so nothing says what the database should be. Build the service again.`);
}

/**
 * What `declaration` declares and what the database is, read alike. The declaration runs in a schema of its own within
 * a transaction that is rolled back: the database does not change, and no lock is taken on what it holds. Throws
 * {@link OperatorError} when the declaration does not run.
 */
export async function readBothCatalogs(url: DatabaseUrl, declaration: string): Promise<BothCatalogs> {
  const scratch = `ps_declared_${randomBytes(6).toString('hex')}`;
  // The end of the connection is the end of the transaction, whatever state it is in.
  return withClient(url, 'ps-server schema', async (client) => {
    await client.query('BEGIN');
    await client.query(LIMITS);
    const actual = await readCatalog(client, ACTUAL_SCHEMA);
    await createScratchSchema(client, scratch);
    await declare(client, scratch, declaration);
    const declared = await readCatalog(client, scratch);
    return { declared, actual };
  });
}

async function createScratchSchema(client: pg.Client, name: string): Promise<void> {
  try {
    await client.query(`CREATE SCHEMA ${name}`);
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new ScratchSchemaRefused(
      'The role of PS_DATABASE_URL may not create a schema in this database, so it cannot be compared with ' +
        `${SCHEMA_FILE}: ${errorMessage(error)}. GRANT CREATE ON DATABASE allows it.`,
      { cause: error },
    );
  }
}

async function declare(client: pg.Client, scratch: string, declaration: string): Promise<void> {
  await setSearchPath(client, scratch);
  const before = await transactionId(client);
  try {
    await client.query(declaration);
  } catch (error) {
    throw new OperatorError(`${SCHEMA_FILE} does not run: ${describe(error, declaration)}. Correct it there.`, {
      cause: error,
    });
  }
  if ((await transactionId(client)) === before) return;
  await client.query(`DROP SCHEMA IF EXISTS ${scratch} CASCADE`);
  throw new OperatorError(`${SCHEMA_FILE} ends the transaction it runs in. Take COMMIT or ROLLBACK out of it.`);
}

async function transactionId(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id');
  return rows[0]?.id ?? '';
}

/** Postgres says where by counting characters; people count lines. */
function describe(error: unknown, declaration: string): string {
  const position = Number((error as { position?: string }).position ?? Number.NaN);
  if (Number.isNaN(position)) return errorMessage(error);
  return `line ${declaration.slice(0, position - 1).split('\n').length}: ${errorMessage(error)}`;
}
