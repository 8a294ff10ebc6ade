import { compareWithDeclaration } from '../../../src/database/schema/compare.js';
import { readBothCatalogs } from '../../../src/database/schema/declared-schema.js';
import { type Catalog } from '../../../src/database/schema/catalog.types.js';
import { type DatabaseUrl } from '../../../src/database/database-url.js';
import { madeFor, runMade } from '../../support/made-migrations.js';
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
