import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseUrl } from './database-url.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';

/** Without care for what a crash would lose: nothing outlives the work. */
const SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** Runs `work` on an empty database of a Postgres of its own, which is gone afterwards. */
export async function withFreshDatabase<T>(work: (url: DatabaseUrl) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'ps-server-fresh-'));
  try {
    const postgres = await startEmbeddedPostgres({ directory, port: 0, settings: SETTINGS });
    try {
      return await work(postgres.url);
    } finally {
      await postgres.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
