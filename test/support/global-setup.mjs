import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const TEMPLATE_DATABASE = 'ps_test_template';

/** One throwaway Postgres for all tests, with a migrated template database that each spec file clones. */
export default async function globalSetup() {
  if (process.env.PS_TEST_POSTGRES_URL) return;
  const { startEmbeddedPostgres, createDatabase } = await built('embedded-postgres.js');
  const { migrate } = await built('migrator/migrator.js');
  const directory = mkdtempSync(join(tmpdir(), 'ps-server-test-'));
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'];
  const postgres = await startEmbeddedPostgres({ directory, port: 0, settings });
  try {
    await createDatabase(postgres.url, TEMPLATE_DATABASE);
    const template = postgres.url.withDatabase(TEMPLATE_DATABASE);
    await migrate(template, { lockTimeoutSeconds: 30, onProgress: () => undefined });
  } catch (error) {
    // Jest calls no teardown after a setup that failed.
    await postgres.stop();
    throw error;
  }
  process.env.PS_TEST_POSTGRES_URL = postgres.url.value;
  globalThis.psTestPostgres = { postgres, directory };
}

async function built(path) {
  try {
    return await import(`../../dist/src/database/${path}`);
  } catch (error) {
    throw new Error('These tests run against the build: run "npm run build" first (make test does).', { cause: error });
  }
}
