import { gzipSync } from 'node:zlib';
import { dumpText, smallDatabase, TemporaryFiles } from '../../../test/support/legacy-dump.js';
import { DumpSource } from './dump-source.js';

describe('DumpSource', () => {
  const files = new TemporaryFiles();
  afterAll(() => {
    files.remove();
  });

  const read = (content: string | Buffer, wanted: string[] = []) =>
    new DumpSource(files.write(content)).read(new Set(wanted));

  it('has the rows of wanted tables and counts the others', async () => {
    const tables = await read(dumpText(smallDatabase()), ['users_user']);
    expect(tables.find(({ name }) => name === 'users_user')?.rows.map(({ username }) => username)).toEqual([
      'olga',
      'ivan',
    ]);
    expect(tables.find(({ name }) => name === 'users_membership')).toMatchObject({ rowCount: 2, rows: [] });
  });

  it('reads the same from COPY and from INSERT', async () => {
    const wanted = Object.keys(smallDatabase());
    const copied = await read(dumpText(smallDatabase(), 'copy'), wanted);
    expect(await read(dumpText(smallDatabase(), 'insert'), wanted)).toEqual(copied);
  });

  it('keeps characters whole that lie across pieces of the file', async () => {
    const name = 'ü'.repeat(1 << 20);
    const [table] = await read(`COPY t (a) FROM stdin;\nx${name}\n\\.\n`, ['t']);
    expect(table?.rows[0]?.a).toBe(`x${name}`);
  });

  it('reads a dump of the data alone when it names the columns', async () => {
    expect(await read('COPY t (a) FROM stdin;\n1\n\\.\n', ['t'])).toEqual([
      { name: 't', columns: ['a'], rowCount: 1, rows: [{ a: '1' }] },
    ]);
    await expect(read('INSERT INTO t VALUES (1);')).rejects.toThrow('no known columns');
  });

  it.each<[string, string | Buffer, string]>([
    ['the custom format', 'PGDMP\x01\x0e', 'pg_restore -f legacy.sql'],
    ['the tar format', Buffer.concat([Buffer.alloc(257), Buffer.from('ustar')]), 'pg_restore -f legacy.sql'],
    ['a compressed dump', gzipSync('SELECT 1;'), 'gunzip'],
    ['another encoding', Buffer.from("INSERT INTO t VALUES ('\xe9');", 'latin1'), '--encoding=UTF8'],
    ['too few values', 'COPY t (a, b) FROM stdin;\n1\n\\.\n', '1 values'],
    ['one table in two schemas', 'CREATE TABLE a.t (x int); CREATE TABLE b.t (x int);', 'two tables named t'],
  ])('refuses %s and says what to do', async (_, content, advice) => {
    await expect(read(content)).rejects.toThrow(advice);
  });

  it('refuses what is no file and says what to do', async () => {
    await expect(new DumpSource(files.path).read(new Set())).rejects.toThrow('It is a directory');
    await expect(new DumpSource(`${files.path}/none`).read(new Set())).rejects.toThrow('Check the path');
  });
});
