import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DatabaseUrl } from '../../src/database/database-url.js';

const TEMPLATE_DATABASE = 'ps_test_template';

export interface TestDatabase {
  url: DatabaseUrl;
  drop(): Promise<void>;
}

/** A database of its own for one spec file: `migrated` clones the template in a few milliseconds, `empty` has no table. */
export async function createTestDatabase(content: 'migrated' | 'empty' = 'migrated'): Promise<TestDatabase> {
  const server = new DatabaseUrl(process.env.PS_TEST_POSTGRES_URL ?? '');
  const name = `ps_test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name}${content === 'migrated' ? ` TEMPLATE ${TEMPLATE_DATABASE}` : ''}`);
  return { url: server.withDatabase(name), drop: () => dropDatabase(server, name) };
}

/** How long connections that were closed may take to be gone; whoever is left then is cut off. */
const GOODBYE_MS = 2_000;

/** A pool that has ended may still be saying goodbye, and being cut off while it does is an error nobody listens to. */
async function dropDatabase(server: DatabaseUrl, name: string): Promise<void> {
  await withServer(server, async (client) => {
    for (const end = Date.now() + GOODBYE_MS; Date.now() < end && (await connectionsTo(client, name)) > 0;)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
  });
}

async function connectionsTo(client: pg.Client, name: string): Promise<number> {
  const sql = 'SELECT count(*)::integer AS count FROM pg_stat_activity WHERE datname = $1';
  const { rows } = await client.query<{ count: number }>(sql, [name]);
  return rows[0]?.count ?? 0;
}

function onServer(server: DatabaseUrl, statement: string): Promise<void> {
  return withServer(server, async (client) => {
    await client.query(statement);
  });
}

async function withServer(server: DatabaseUrl, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: server.value });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
