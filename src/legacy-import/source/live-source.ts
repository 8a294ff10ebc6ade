import pg from 'pg';
import { errorMessage } from '../../common/errors/domain-error.js';
import { DatabaseUrl } from '../../database/database-url.js';
import { LegacySourceError } from '../legacy-import.errors.js';
import { type LegacyRow, type LegacySource, type LegacyTable } from './legacy-source.js';

const CONNECT_TIMEOUT_MS = 10_000;
/** A table every version of the old system has; its schema is the old system's. */
const LANDMARK = 'users_user';

/** Texts as a dump has them, whatever the type. */
const AS_TEXT = { getTypeParser: () => (value: string | Buffer) => value.toString() };

/** A running database, read in one snapshot that cannot write. */
export class LiveSource implements LegacySource {
  readonly description: string;

  constructor(private readonly url: DatabaseUrl) {
    this.description = `database ${url.toString()}`;
  }

  async read(wanted: ReadonlySet<string>): Promise<LegacyTable[]> {
    const client = new pg.Client({
      connectionString: this.url.value,
      application_name: 'ps-server import-legacy',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    try {
      await client.connect();
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query(`SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 1`);
      return await readTables(client, wanted);
    } catch (error) {
      if (error instanceof LegacySourceError) throw error;
      throw new LegacySourceError(`Cannot read ${this.description}: ${errorMessage(error)}`, { cause: error });
    } finally {
      await client.end();
    }
  }
}

async function readTables(client: pg.Client, wanted: ReadonlySet<string>): Promise<LegacyTable[]> {
  const tables: LegacyTable[] = [];
  const schema = await schemaOf(client);
  for (const { name, columns } of await listTables(client, schema)) {
    const from = `FROM ${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}`;
    const rows = wanted.has(name) ? await select(client, `SELECT * ${from}`) : null;
    const rowCount = rows?.length ?? Number((await select(client, `SELECT count(*) AS count ${from}`))[0]?.count);
    tables.push({ name, columns, rowCount, rows: rows ?? [] });
  }
  return tables;
}

async function schemaOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT n.nspname AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = $1 AND c.relkind IN ('r', 'p')`,
    [LANDMARK],
  );
  const [first, ...others] = rows.map((row) => row.schema);
  if (first !== undefined && others.length === 0) return first;
  throw new LegacySourceError(
    first === undefined
      ? `This is no database of the old system: it has no table ${LANDMARK}. Correct the name of the database.`
      : `The table ${LANDMARK} is in several schemas (${[first, ...others].join(', ')}). Dump the right one (pg_dump --schema) and import that.`,
  );
}

/** From the catalog, not information_schema, which hides tables from those who may not read them. */
async function listTables(client: pg.Client, schema: string): Promise<{ name: string; columns: string[] }[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `SELECT c.relname AS name,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
    [schema],
  );
  return rows;
}

async function select(client: pg.Client, text: string): Promise<LegacyRow[]> {
  return (await client.query<Record<string, string | null>>({ text, types: AS_TEXT })).rows;
}
