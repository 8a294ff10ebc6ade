import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamicModule, type INestApplicationContext, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Clock } from '../../src/common/clock/clock.js';
import { ClockModule } from '../../src/common/clock/clock.module.js';
import { type AppConfig, loadConfig } from '../../src/config/app-config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { type DatabaseUrl } from '../../src/database/database-url.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { Fixtures } from './fixtures.js';
import { createTestDatabase } from './test-database.js';
import { TestClock } from './test-clock.js';

export interface TestContext {
  context: INestApplicationContext;
  config: AppConfig;
  clock: TestClock;
  fixtures: Fixtures;
  dataDirectory: string;
  close(): Promise<void>;
}

export interface TestContextOptions {
  imports: (Type | DynamicModule)[];
  environment?: NodeJS.ProcessEnv;
  /** Real time instead of a clock that stands still. */
  isRealTime?: boolean;
  /** Through which the service reaches the database, for tests that cut it; fixtures have a way of their own. */
  way?: (database: DatabaseUrl) => Promise<DatabaseUrl>;
}

/** Modules on a database and a data directory of their own. */
export async function createTestContext(options: TestContextOptions): Promise<TestContext> {
  const database = await createTestDatabase();
  const dataDirectory = mkdtempSync(join(tmpdir(), 'ps-server-data-'));
  const url = (await options.way?.(database.url)) ?? database.url;
  const config = loadConfig({ PS_DATA_DIRECTORY: dataDirectory, ...options.environment });
  const clock = new TestClock();
  const builder = Test.createTestingModule({
    imports: [ConfigModule.with(config), ClockModule, DatabaseModule.at(url), ...options.imports],
  });
  if (!options.isRealTime) builder.overrideProvider(Clock).useValue(clock);
  const context = await (await builder.compile()).init();
  const fixtures = new Fixtures(database.url);
  const close = async (): Promise<void> => {
    await context.close();
    await fixtures.close();
    await database.drop();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  return { context, config, clock, fixtures, dataDirectory, close };
}
