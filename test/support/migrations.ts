import { type MigrationInterface, type QueryRunner } from 'typeorm';
import pg from 'pg';
import { type DatabaseUrl } from '../../src/database/database-url.js';
import { describeMigration } from '../../src/database/migrator/migration-files.js';
import { type MigrateOptions } from '../../src/database/migrator/migrator.js';
import { type Migration, type MigrationTraits } from '../../src/database/migrator/migration.types.js';

/** Statements, or what does with a runner whatever a migration may do. */
type Step = string | ((runner: QueryRunner) => Promise<unknown>);

const FIRST = 1_795_478_400_000;

/** A migration that comes at the given place; its name says which. */
export function madeMigration(place: number, up: Step, more: MigrationTraits & { down?: Step } = {}): Migration {
  const timestamp = FIRST + place;
  const { down = 'SELECT 1', ...traits } = more;
  const run = async (step: Step, runner: QueryRunner): Promise<void> => {
    await (typeof step === 'string' ? runner.query(step) : step(runner));
  };
  const name = `Step${place}X${timestamp}`;
  const holder = {
    [name]: class implements MigrationInterface {
      constructor() {
        Object.assign(this, traits);
      }
      up(runner: QueryRunner): Promise<void> {
        return run(up, runner);
      }
      down(runner: QueryRunner): Promise<void> {
        return run(down, runner);
      }
    },
  };
  return { ...describeMigration(holder[name]!), sha256: 'a'.repeat(64) };
}

/** What is said meanwhile goes to `said`. */
export function hurried(migrations: Migration[], said: string[] = []): MigrateOptions {
  const pace = { firstPollMs: 5, longestPollMs: 50, reportMs: 50, tableLockMs: 100, retryPauseMs: 20 };
  return { lockTimeoutSeconds: 30, onProgress: (message) => said.push(message), migrations, pace };
}

/** One statement on a connection of its own. */
export async function ask<Row extends pg.QueryResultRow>(url: DatabaseUrl, sql: string): Promise<Row[]> {
  return withClient(url, async (client) => (await client.query<Row>(sql)).rows);
}

export async function withClient<T>(url: DatabaseUrl, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url.value });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
