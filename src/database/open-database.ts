import { join } from 'node:path';
import { type AppConfig } from '../config/app-config.js';
import { DatabaseUrl } from './database-url.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';

export interface OpenDatabase {
  url: DatabaseUrl;
  /** Stops what {@link openDatabase} started. */
  close(): Promise<void>;
}

/**
 * The configured Postgres, or the embedded one of the data directory. `owner` is the server process, which also stops
 * an embedded Postgres that a killed predecessor left running; commands stop only what they started.
 */
export async function openDatabase(config: AppConfig, role: 'owner' | 'visitor'): Promise<OpenDatabase> {
  const given = config.env.PS_DATABASE_URL;
  if (given) return { url: new DatabaseUrl(given.reveal()), close: () => Promise.resolve() };
  const postgres = await startEmbeddedPostgres({
    directory: join(config.env.PS_DATA_DIRECTORY, 'postgres'),
    port: config.env.PS_DATABASE_EMBEDDED_PORT,
  });
  const stops = role === 'owner' || postgres.startedHere;
  return { url: postgres.url, close: () => (stops ? postgres.stop() : Promise.resolve()) };
}
