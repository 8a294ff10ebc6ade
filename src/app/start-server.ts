import { Logger } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppConfig } from '../config/app-config.js';
import { migrate } from '../database/migrator/migrator.js';
import { type OpenDatabase, openDatabase } from '../database/open-database.js';
import { createServerApp } from './create-server-app.js';
import { createLogger } from './logger.js';

export interface RunningServer {
  /** Where it listens, for example `http://127.0.0.1:8000`. */
  url: string;
  /** Stops accepting, lets runs finish within the grace period, closes everything that was opened. */
  stop(): Promise<void>;
}

/** Opens the database, migrates it, and serves. Throws, with everything closed again, when any of that fails. */
export async function startServer(config: AppConfig): Promise<RunningServer> {
  const startedAt = performance.now();
  const logger = createLogger(config);
  Logger.overrideLogger(logger);
  const database = await openDatabase(config, 'owner');
  try {
    const onProgress = (message: string): void => {
      logger.log(message, 'Migrator');
    };
    await migrate(database.url, { lockTimeoutSeconds: config.env.PS_MIGRATION_LOCK_TIMEOUT_SECONDS, onProgress });
    const app = await createServerApp(config, database.url, logger);
    await app.listen(config.env.PS_PORT, config.env.PS_HOST);
    const url = await app.getUrl();
    logger.log(
      `Ready on ${url} as ${config.env.PS_ROLE} after ${Math.round(performance.now() - startedAt)} ms`,
      'Server',
    );
    return { url, stop: () => stop(app, database) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function stop(app: NestFastifyApplication, database: OpenDatabase): Promise<void> {
  try {
    await app.close();
  } finally {
    await database.close();
  }
}
