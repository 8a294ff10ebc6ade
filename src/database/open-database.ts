import { join } from 'node:path';
import { type AppConfig } from '../config/app-config.js';
import { DatabaseUrl } from './database-url.js';
import { takeLease } from './embedded-lease.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { reachDatabase, type ReachOptions } from './reach-database.js';

export interface OpenDatabase {
  url: DatabaseUrl;
  /** Gives back what {@link openDatabase} took: the last process that uses an embedded Postgres stops it. */
  close(): Promise<void>;
}

/**
 * The configured Postgres, once it answers, or the embedded one of the data directory, which several processes may
 * share: a service and commands, or services of different roles.
 */
export async function openDatabase(
  config: AppConfig,
  options: Omit<ReachOptions, 'timeoutSeconds'>,
): Promise<OpenDatabase> {
  const given = config.env.PS_DATABASE_URL;
  return given ? openConfigured(new DatabaseUrl(given.reveal()), config, options) : openEmbedded(config);
}

async function openConfigured(
  url: DatabaseUrl,
  config: AppConfig,
  options: Omit<ReachOptions, 'timeoutSeconds'>,
): Promise<OpenDatabase> {
  await reachDatabase(url, { ...options, timeoutSeconds: config.env.PS_DATABASE_CONNECT_TIMEOUT_SECONDS });
  return { url, close: () => Promise.resolve() };
}

async function openEmbedded({ env }: AppConfig): Promise<OpenDatabase> {
  const postgres = await startEmbeddedPostgres({
    directory: join(env.PS_DATA_DIRECTORY, 'postgres'),
    port: env.PS_DATABASE_EMBEDDED_PORT,
  });
  const lease = await takeLease(postgres.url);
  const close = async (): Promise<void> => {
    if (await lease.release()) await postgres.stop();
  };
  return { url: postgres.url, close };
}
