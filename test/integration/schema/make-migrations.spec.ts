import { compareWithDeclaration } from '../../../src/database/schema/compare.js';
import { readBothCatalogs } from '../../../src/database/schema/declared-schema.js';
import { type Catalog } from '../../../src/database/schema/catalog.types.js';
import { type DatabaseUrl } from '../../../src/database/database-url.js';
import { expandBreaks } from '../../../src/database/schema/expand-rules.js';
import { linted, madeFor, runMade } from '../../support/made-migrations.js';
import { ask } from '../../support/migrations.js';
import { ASKED_CHANGES, SAFE_CHANGES } from '../../support/schema-changes.js';
import { createTestDatabase } from '../../support/test-database.js';

async function withSchema<T>(declaration: string, work: (url: DatabaseUrl) => Promise<T>): Promise<T> {
  const database = await createTestDatabase('empty');
  try {
    await ask(database.url, `SELECT 1; ${declaration}`);
    return await work(database.url);
  } finally {
    await database.drop();
  }
}

/** Columns by name: one that was dropped and is back stands behind the others. */
async function catalogOf(url: DatabaseUrl): Promise<Catalog> {
  const { actual } = await readBothCatalogs(url, '');
  const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
  return { ...actual, tables: actual.tables.map((table) => ({ ...table, columns: table.columns.toSorted(byName) })) };
}

describe.each([...SAFE_CHANGES, ...ASKED_CHANGES])('when $what', ({ from, to, answers, says }) => {
  it('makes a migration that leaves no difference, and undoes itself', () =>
    withSchema(from, async (url) => {
      const before = await catalogOf(url);
      const sources = await madeFor(url, to, answers);
      expect(expandBreaks(await linted(sources))).toEqual([]);
      if (says) expect(sources.map(({ text }) => text).join('\n')).toMatch(says);
      await runMade(url, sources, 'up');
      expect(await compareWithDeclaration(url, to)).toEqual([]);
      await runMade(url, sources, 'down');
      expect(await catalogOf(url)).toEqual(before);
      await runMade(url, sources, 'up');
      expect(await compareWithDeclaration(url, to)).toEqual([]);
    }));
});

describe.each(ASKED_CHANGES)('without an answer when $what', ({ from, to }) => {
  it('refuses with exit code 3', () =>
    withSchema(from, async (url) => {
      await expect(madeFor(url, to)).rejects.toMatchObject({ failure: 'needsHuman', exitCode: 3 });
    }));
});

describe('rows that are there', () => {
  const ROWS = `CREATE TABLE people (id integer, name varchar(20), age integer);
    INSERT INTO people VALUES (1, 'Ada Lovelace', NULL), (2, 'Bob', 7)`;
  const changed = (columns: string, answers: Record<string, string>): Promise<unknown[]> =>
    withSchema(ROWS, async (url) => {
      await runMade(url, await madeFor(url, `CREATE TABLE people (id integer, ${columns});`, answers), 'up');
      return ask(url, 'SELECT * FROM people ORDER BY id');
    });

  it('are filled and shortened', async () => {
    const rows = await changed('name varchar(3), age integer NOT NULL, phone text NOT NULL', {
      'type people.name': 'using: left(name, 3)',
      'not-null people.age': 'fill: -1',
      'not-null people.phone': "default: 'none'",
    });
    expect(rows).toEqual([
      { id: 1, name: 'Ada', age: -1, phone: 'none' },
      { id: 2, name: 'Bob', age: 7, phone: 'none' },
    ]);
  });

  it('keep what a renamed column holds', async () => {
    const rows = await changed('title varchar(20), age integer', { 'rename people.title': 'renamed: name' });
    expect(rows).toEqual([
      { id: 1, age: null, title: 'Ada Lovelace' },
      { id: 2, age: 7, title: 'Bob' },
    ]);
  });

  it('that are against a change make it fail, and are as they were', () =>
    withSchema(ROWS, async (url) => {
      const answers = { 'not-null people.age': 'check' };
      const declaration = 'CREATE TABLE people (id integer, name varchar(20), age integer NOT NULL);';
      await expect(madeFor(url, declaration, answers).then((made) => runMade(url, made, 'up'))).rejects.toThrow(
        /violated by some row/,
      );
      expect(await ask(url, 'SELECT id FROM people WHERE age IS NULL')).toEqual([{ id: 1 }]);
    }));

  it('may be NULL in a column that is added as nullable, which leaves the NOT NULL to schema.sql', () =>
    withSchema(ROWS, async (url) => {
      const declaration = 'CREATE TABLE people (id integer, name varchar(20), age integer, phone text NOT NULL);';
      await runMade(url, await madeFor(url, declaration, { 'not-null people.phone': 'nullable' }), 'up');
      expect(await compareWithDeclaration(url, declaration)).toEqual([
        'Refuses new rows without the column people.phone',
      ]);
      expect(await compareWithDeclaration(url, declaration.replace('text NOT NULL', 'text'))).toEqual([]);
    }));
});
