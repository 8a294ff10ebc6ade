import { DataSource } from 'typeorm';
import { loadMigrations } from '../../../src/database/migrator/migration-files.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

/** Columns, constraints and indexes of everything in the schema, as text that two states can be compared by. */
const SCHEMA = `
  SELECT concat_ws(' ', 'column', table_name, column_name, udt_name, is_nullable, column_default, is_identity) AS part
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL
  SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL
  SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes WHERE schemaname = 'public'
  ORDER BY part`;

describe('migrations', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase('empty');
    const migrations = await loadMigrations();
    const schemaTable = 'schema_migrations';
    dataSource = new DataSource({
      type: 'postgres',
      url: database.url.value,
      migrations,
      migrationsTableName: schemaTable,
    });
    await dataSource.initialize();
    // The table of applied migrations is there before and after; it is no difference.
    await dataSource.showMigrations();
    await dataSource.query(
      `CREATE TABLE IF NOT EXISTS ${schemaTable} (id serial PRIMARY KEY, "timestamp" bigint NOT NULL, name varchar NOT NULL)`,
    );
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const schema = async (): Promise<string[]> =>
    (await dataSource.query<{ part: string }[]>(SCHEMA)).map(({ part }) => part);

  it('are each undone to exactly the schema before them, and can be applied again', async () => {
    const all = dataSource.migrations.splice(0);
    const before: string[][] = [];
    for (const migration of all) {
      before.push(await schema());
      dataSource.migrations.push(migration);
      await dataSource.runMigrations({ transaction: 'each' });
    }
    const complete = await schema();
    for (const expected of before.toReversed()) {
      await dataSource.undoLastMigration({ transaction: 'each' });
      expect(await schema()).toEqual(expected);
    }
    await dataSource.runMigrations({ transaction: 'each' });
    expect(await schema()).toEqual(complete);
  });
});
