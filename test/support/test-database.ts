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
  return { url: server.withDatabase(name), drop: () => onServer(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function onServer(server: DatabaseUrl, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.value });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
