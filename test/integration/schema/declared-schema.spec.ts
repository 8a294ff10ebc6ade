import { compareWithDeclaration } from '../../../src/database/schema/compare.js';
import {
  readBothCatalogs,
  readDeclaration,
  ScratchSchemaRefused,
} from '../../../src/database/schema/declared-schema.js';
import { driftWarning, findSchemaDrift } from '../../../src/database/schema/schema-drift.js';
import { DatabaseUrl } from '../../../src/database/database-url.js';
import { ask } from '../../support/migrations.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

describe('migrations/schema.sql', () => {
  it('is what the migrations make of an empty database', async () => {
    expect(await compareWithDeclaration(database.url)).toEqual([]);
  });

  it('declares no row and nothing that an edit would overlook', async () => {
    const { declared } = await readBothCatalogs(database.url, readDeclaration());
    expect(declared.others).toEqual([]);
    expect(readDeclaration()).not.toMatch(/^\s*(INSERT|UPDATE|COPY)\b/im);
  });

  it('leaves the database as it is, also when it does not run', async () => {
    const objects = 'SELECT count(*)::integer AS count FROM pg_class';
    const before = await ask(database.url, objects);
    await readBothCatalogs(database.url, readDeclaration());
    await expect(readBothCatalogs(database.url, 'CREATE TABLE a ();\nCREATE TABEL b ();')).rejects.toThrow(
      'schema.sql does not run: line 2: syntax error at or near "TABEL". Correct it there.',
    );
    expect(await ask(database.url, objects)).toEqual(before);
  });

  it('may not end the transaction it runs in', async () => {
    const declaration = 'CREATE TABLE a (); COMMIT; SELECT 1;';
    await expect(readBothCatalogs(database.url, declaration)).rejects.toThrow('ends the transaction');
    expect(await ask(database.url, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'ps_declared%'")).toEqual([]);
  });

  it('does not mistake a table of the database for one that it declares', async () => {
    await expect(readBothCatalogs(database.url, 'CREATE TABLE a (b integer REFERENCES users);')).rejects.toThrow(
      'relation "users" does not exist',
    );
  });
});

describe('findSchemaDrift', () => {
  it('finds what somebody changed by hand', async () => {
    await ask(database.url, 'ALTER TABLE users DROP COLUMN last_login_at; CREATE INDEX ix_by_hand ON runs (kind)');
    const drift = await findSchemaDrift(database.url);
    expect(drift).toEqual({
      state: 'found',
      differences: ['Drops the index ix_by_hand of runs', 'Adds the column users.last_login_at'],
    });
  });

  it('finds none in a database that is as declared', async () => {
    expect(await findSchemaDrift(database.url)).toEqual({ state: 'none' });
  });

  it('says nothing of a database that another release migrated', async () => {
    await ask(database.url, "INSERT INTO schema_migrations (timestamp, name) VALUES (1, 'Newer1')");
    await ask(database.url, 'DROP TABLE imported_rows');
    expect(await findSchemaDrift(database.url)).toMatchObject({ state: 'unknown' });
  });

  it('does not fail without the right to create a schema, nor without a database', async () => {
    const role = `ps_reader_${Math.random().toString(36).slice(2, 10)}`;
    await ask(
      database.url,
      `CREATE ROLE ${role} LOGIN PASSWORD 'reads'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`,
    );
    const url = new URL(database.url.value);
    [url.username, url.password] = [role, 'reads'];
    const reader = new DatabaseUrl(url.toString());
    await expect(readBothCatalogs(reader, readDeclaration())).rejects.toThrow(ScratchSchemaRefused);
    const drift = await findSchemaDrift(reader);
    expect(drift).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('may not create a schema') as string,
    });
    await ask(database.url, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
    expect(await findSchemaDrift(database.url.withDatabase('ps_test_missing'))).toMatchObject({ state: 'unknown' });
  });
});

describe('driftWarning', () => {
  it('tells a developer of psctl db make, and an operator that somebody changed it, and is no flood', () => {
    expect(driftWarning(['Adds the column a.b'], true)).toBe(
      'The database is not what migrations/schema.sql declares. To make it so:\n  Adds the column a.b\n' +
        'If migrations/schema.sql is right, write the migration: psctl db make --name <what-it-does>.',
    );
    const many = Array.from({ length: 23 }, (_, at) => `Adds the table t${at}`);
    expect(driftWarning(many, false)).toMatch(/t19\n {2}and 3 more\nMigrations are applied, so somebody/);
  });
});
