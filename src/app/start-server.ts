import { type ConsoleLogger, Logger } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppConfig } from '../config/app-config.js';
import { ensureDataDirectory } from '../config/data-directory.js';
import { migrateOnStart } from '../database/migrator/migrate-on-start.js';
import { type OpenDatabase, openDatabase } from '../database/open-database.js';
import { asListenError, assertAddressIsFree } from './listen-address.js';
import { createLogger } from './logger.js';

export interface RunningServer {
  /** Where it listens, for example `http://127.0.0.1:8000`. */
  url: string;
  /** Stops accepting, lets runs finish within the grace period, closes everything that was opened. */
  stop(): Promise<void>;
}

/**
 * Opens the database, migrates it, and serves. Throws, with everything closed again, when any of that fails, and an
 * AbortError when `signal` asks it to stop before it serves.
 */
export async function startServer(config: AppConfig, signal?: AbortSignal): Promise<RunningServer> {
  const startedAt = performance.now();
  const { env } = config;
  const logger = createLogger(config);
  Logger.overrideLogger(logger);
  await assertAddressIsFree(env.PS_HOST, env.PS_PORT);
  if (env.PS_ROLE !== 'api') ensureDataDirectory(env.PS_DATA_DIRECTORY);
  const onProgress = (message: string): void => {
    logger.log(message, 'Database');
  };
  // Loading the application takes as long as everything else; meanwhile Postgres answers.
  const application = import('./create-server-app.js');
  application.catch(() => undefined);
  const database = await openDatabase(config, { onProgress, signal });
  try {
    await migrateOnStart(database.url, config, { onProgress, signal });
    signal?.throwIfAborted();
    const { createServerApp } = await application;
    const app = await listen(await createServerApp(config, database.url, logger), config);
    const url = await app.getUrl();
    logger.log(`Ready on ${url} as ${env.PS_ROLE} after ${Math.round(performance.now() - startedAt)} ms`, 'Server');
    return { url, stop: () => stop(app, database, logger) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function listen(app: NestFastifyApplication, { env }: AppConfig): Promise<NestFastifyApplication> {
  const { PS_HOST: host, PS_PORT: port } = env;
  try {
    await app.listen(port, host);
    return app;
  } catch (error) {
    await app.close();
    throw asListenError(error, host, port);
  }
}

async function stop(app: NestFastifyApplication, database: OpenDatabase, logger: ConsoleLogger): Promise<void> {
  logger.log('Stopping', 'Server');
  try {
    await app.close();
  } finally {
    await database.close();
  }
  logger.log('Stopped', 'Server');
}
