import { DataSource } from 'typeorm';
import { ListCursorInvalidError, type ListQuery } from '../../../src/common/paging/page.js';
import { type Listing, listPage } from '../../../src/database/listing.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

interface Item {
  id: number;
  name: string;
}

const LISTING: Listing = {
  columns: 't.id, t.name',
  source: 'things t',
  key: { sql: 't.id', type: 'integer' },
  sorts: {
    name: { sql: 'lower(t.name)', type: 'text' },
    madeAt: { sql: 't.made_at', type: 'timestamptz' },
    id: { sql: 't.id', type: 'integer' },
  },
  filters: { isOdd: '(t.id % 2 = 1) = $::boolean', near: 't.id > $::integer AND t.id <= $::integer + 3' },
  search: ['t.name', "'thing-' || t.id"],
};

describe('listPage', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase('empty');
    dataSource = await new DataSource({ type: 'postgres', url: database.url.value }).initialize();
    // Many rows share a name or an instant that differs by a microsecond, so the key has to break ties.
    await dataSource.query(`
      CREATE TABLE things (id integer PRIMARY KEY, name text NOT NULL, made_at timestamptz NOT NULL);
      INSERT INTO things SELECT n, (ARRAY['Ann', 'ann', 'Bob', '100%', 'x_y'])[1 + n % 5],
        '2026-03-01T12:00:00Z'::timestamptz + (n / 4) * interval '1 microsecond' FROM generate_series(1, 57) AS n`);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const query = (changes: Partial<ListQuery>): ListQuery => ({ limit: 10, sort: 'id', filters: {}, ...changes });
  const list = (changes: Partial<ListQuery>) => listPage<Item>(dataSource, LISTING, query(changes));
  const ids = async (changes: Partial<ListQuery>) => (await list(changes)).items.map(({ id }) => id);

  async function everyPage(changes: Partial<ListQuery>): Promise<number[]> {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ ...changes, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return seen;
  }

  it.each(
    ['id', '-id', 'name', '-name', 'madeAt', '-madeAt'].flatMap((sort) =>
      [1, 7, 19, 57, 200].map((limit) => [sort, limit] as const),
    ),
  )('by %s, %d a page, gives every row once and in order', async (sort, limit) => {
    const expression = { id: 'id', name: 'lower(name)', madeAt: 'made_at' }[sort.replace('-', '')]!;
    const direction = sort.startsWith('-') ? 'DESC' : 'ASC';
    const expected = await dataSource.query<Item[]>(
      `SELECT id FROM things ORDER BY ${expression} ${direction}, id ${direction}`,
    );
    expect(await everyPage({ sort, limit })).toEqual(expected.map(({ id }) => id));
  });

  it('gives rows as they are, without what it orders by', async () => {
    expect((await list({ limit: 1 })).items).toEqual([{ id: 1, name: 'ann' }]);
  });

  it('goes on after a row that is gone, and misses none that came behind it', async () => {
    await dataSource.query("INSERT INTO things VALUES (1000, 'gone', now())");
    const { nextCursor } = await list({ sort: '-id', limit: 1 });
    await dataSource.query('DELETE FROM things WHERE id = 1000');
    expect(await ids({ sort: '-id', limit: 2, cursor: nextCursor! })).toEqual([57, 56]);
  });

  it('filters by value, one value for every place', async () => {
    expect(await ids({ filters: { isOdd: true }, limit: 3 })).toEqual([1, 3, 5]);
    expect(await ids({ filters: { near: 20 } })).toEqual([21, 22, 23]);
    expect(await ids({ filters: { near: 20, isOdd: false } })).toEqual([22]);
    expect(await ids({ filters: { isOdd: undefined }, limit: 2 })).toEqual([1, 2]);
  });

  it('searches in any case, and takes no character for a pattern', async () => {
    expect((await list({ search: 'ANN', limit: 200 })).items.every(({ name }) => name.toLowerCase() === 'ann')).toBe(
      true,
    );
    expect((await list({ search: '%', limit: 200 })).items.map(({ name }) => name)).toEqual(Array(11).fill('100%'));
    expect((await list({ search: '_', limit: 200 })).items.map(({ name }) => name)).toEqual(Array(11).fill('x_y'));
    expect(await ids({ search: 'thing-57' })).toEqual([57]);
    expect(await ids({ search: "'; DROP TABLE things; --" })).toEqual([]);
  });

  it.each([
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['another form', Buffer.from('["id"]').toString('base64url')],
    ['another order', Buffer.from('["name",false,"a","1"]').toString('base64url')],
    ['another direction', Buffer.from('["id",true,"1","1"]').toString('base64url')],
    ['no number', Buffer.from('["id",false,"x","1"]').toString('base64url')],
    ['a number too large', Buffer.from('["id",false,"99999999999999999999","1"]').toString('base64url')],
    ['a NUL', Buffer.from(String.raw`["id",false,"\u0000","1"]`).toString('base64url')],
    ['an object for a text', Buffer.from('["id",false,{},"1"]').toString('base64url')],
  ])('refuses a cursor with %s', async (_, cursor) => {
    await expect(list({ cursor })).rejects.toThrow(ListCursorInvalidError);
  });
});
