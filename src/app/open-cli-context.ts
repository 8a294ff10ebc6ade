import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadConfig } from '../config/app-config.js';
import { openDatabase } from '../database/open-database.js';
import { CliAppModule } from './cli-app.module.js';

/** The services of the command line on the configured database; closing it closes what it opened. */
export async function openCliContext(): Promise<INestApplicationContext> {
  const config = loadConfig();
  const database = await openDatabase(config, { onProgress: sayOnStderr });
  try {
    const context = await NestFactory.createApplicationContext(CliAppModule.with(config, database.url), {
      logger: ['error'],
      abortOnError: false,
    });
    const close = context.close.bind(context);
    context.close = async () => {
      await close();
      await database.close();
    };
    return context;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Standard output is the command's answer, and nothing else. */
function sayOnStderr(message: string): void {
  process.stderr.write(`${message}\n`);
}
