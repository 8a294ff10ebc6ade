import pg from 'pg';
import { migrate, MigrationLockTimeout } from '../../../src/database/migrator/migrator.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const silent = { lockTimeoutSeconds: 30, onProgress: () => undefined };

describe('migrate', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase('empty');
  });
  afterEach(() => database.drop());

  it('applies everything once, however many processes start together', async () => {
    const applied = await Promise.all([
      migrate(database.url, silent),
      migrate(database.url, silent),
      migrate(database.url, silent),
    ]);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    await expect(migrate(database.url, silent)).resolves.toEqual([]);
  });

  it('gives up with a clear message when the lock is held for too long', async () => {
    const holder = new pg.Client({ connectionString: database.url.value });
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock($1, $2)', [0x7073, 1]);
    await expect(migrate(database.url, { ...silent, lockTimeoutSeconds: 0.1 })).rejects.toThrow(MigrationLockTimeout);
    await holder.end();
  });

  it('leaves nothing behind of a migration that fails, and says so', async () => {
    class Broken1795478999999 {
      up(runner: { query(sql: string): Promise<unknown> }): Promise<unknown> {
        return runner.query('CREATE TABLE half (id integer); SELECT no_such_function()');
      }
      down(): Promise<void> {
        return Promise.resolve();
      }
    }
    const migrations = [Broken1795478999999] as never;
    await expect(migrate(database.url, { ...silent, migrations })).rejects.toThrow('no_such_function');
    const client = new pg.Client({ connectionString: database.url.value });
    await client.connect();
    const found = await client.query("SELECT to_regclass('half') AS half");
    await client.end();
    expect(found.rows).toEqual([{ half: null }]);
  });
});
