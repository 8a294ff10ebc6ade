import fc from 'fast-check';
import { copyField, literal } from '../../../test/support/legacy-dump.js';
import { LegacySourceError } from '../legacy-import.errors.js';
import { DumpParser } from './dump-parser.js';

type Row = [table: string, columns: string[] | null, values: (string | null)[]];

/** What a parser says of a text that comes in pieces. */
function parse(...pieces: string[]): { tables: [string, string[]][]; rows: Row[] } {
  const tables: [string, string[]][] = [];
  const rows: Row[] = [];
  const parser = new DumpParser({
    table: (name, columns) => tables.push([name, columns]),
    row: (...row) => rows.push(row),
  });
  for (const piece of pieces) parser.push(piece);
  parser.end();
  return { tables, rows };
}

/** The text in pieces that end anywhere. */
function cut(text: string, places: number[]): string[] {
  const ends = [...places.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
  return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
}

const value = fc.option(
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom('\\', '\n', '\r', '\t', "'", '"', ';', '-', '/', '*', '$', 'E', 'N', '.', '1', 'é'),
      maxLength: 12,
    }),
    fc.constantFrom('\\N', '\\.', '', 'NULL', "';--", '$$'),
  ),
  { nil: null },
);
const values = fc.array(fc.tuple(value, value, value), { maxLength: 8 });
const places = fc.array(fc.nat(400), { maxLength: 4 });

describe('DumpParser', () => {
  it('reads back every value of COPY data, wherever the pieces end', () => {
    fc.assert(
      fc.property(values, places, (rows, ends) => {
        const text = `COPY public.t (a, b, c) FROM stdin;\n${rows.map((row) => `${row.map(copyField).join('\t')}\n`).join('')}\\.\n`;
        expect(parse(...cut(text, ends)).rows).toEqual(rows.map((row) => ['t', ['a', 'b', 'c'], row]));
      }),
    );
  });

  it('reads back every value of INSERT statements, wherever the pieces end', () => {
    fc.assert(
      fc.property(values, places, (rows, ends) => {
        const text = rows.map((row) => `INSERT INTO public.t VALUES (${row.map(literal).join(', ')});\n`).join('');
        expect(parse(...cut(text, ends)).rows).toEqual(rows.map((row) => ['t', null, row]));
      }),
    );
  });

  it('reads back texts with backslash escapes', () => {
    const escaped = (text: string): string =>
      `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n')}'`;
    const text = fc.string({ unit: fc.constantFrom('\\', "'", '\n', ';', 'a', 'n', 'E'), maxLength: 12 });
    fc.assert(
      fc.property(text, text, (first, second) => {
        const { rows } = parse(
          `INSERT INTO t VALUES (${escaped(first)}, ${escaped(second)});\nINSERT INTO u VALUES (1);`,
        );
        expect(rows).toEqual([
          ['t', null, [first, second]],
          ['u', null, ['1']],
        ]);
      }),
    );
  });

  it('knows the escapes Postgres reads', () => {
    const { rows } = parse('COPY t (a, b) FROM stdin;\n\\101\\x42\\q\t\\N\n\\.\n');
    expect(rows).toEqual([['t', ['a', 'b'], ['ABq', null]]]);
  });

  it('reads the columns of a table, and nothing else of it', () => {
    const { tables } = parse(`
      CREATE TABLE public.users_user (
        id bigint DEFAULT nextval('a,b)'::regclass) NOT NULL,
        "primary" boolean, -- a comment, with a comma
        balance numeric(8,2) DEFAULT 0.00 /* another, (one */ NOT NULL,
        CONSTRAINT positive CHECK ((id > 0)),
        PRIMARY KEY (id, balance)
      );
      CREATE UNLOGGED TABLE IF NOT EXISTS Empty_One ();`);
    expect(tables).toEqual([
      ['users_user', ['id', 'primary', 'balance']],
      ['empty_one', []],
    ]);
  });

  it('reads lists of rows, named columns and all kinds of values', () => {
    const { rows } = parse(
      'INSERT INTO t (id, "primary") VALUES (1, true), (-0.25, NULL), (1e-07, false) ON CONFLICT DO NOTHING;',
      'INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (\'{"a": "b;c"}\');',
    );
    expect(rows).toEqual([
      ['t', ['id', 'primary'], ['1', 'true']],
      ['t', ['id', 'primary'], ['-0.25', null]],
      ['t', ['id', 'primary'], ['1e-07', 'false']],
      ['t', null, ['{"a": "b;c"}']],
    ]);
  });

  it('is not led astray by functions, comments, other statements and commands of psql', () => {
    const { rows } = parse(`\\restrict abc
-- COPY t (a) FROM stdin;
CREATE FUNCTION f() RETURNS void AS $body$ BEGIN; INSERT INTO t VALUES (1); END $body$ LANGUAGE plpgsql;
COMMENT ON TABLE t IS 'it''s; INSERT INTO t VALUES (2);';
\\connect provsys
SET client_encoding = 'UTF8'; SELECT 1; INSERT INTO t VALUES (3); SELECT pg_catalog.setval('x', 1, true);
\\unrestrict abc
`);
    expect(rows).toEqual([['t', null, ['3']]]);
  });

  it('reads COPY data with line ends of Windows', () => {
    expect(parse('COPY t (a) FROM stdin;\r\nx\r\n\\.\r\nSELECT 1;\r\n').rows).toEqual([['t', ['a'], ['x']]]);
  });

  it.each([
    ['in the middle of rows', 'COPY t (a) FROM stdin;\n1\n'],
    ['in the middle of a text', "INSERT INTO t VALUES ('a\n"],
    ['in the middle of a statement', 'CREATE TABLE t (a integer'],
  ])('refuses a dump that ends %s', (_, text) => {
    expect(() => parse(text)).toThrow('not complete');
  });

  it.each([
    ['two databases', '\\connect a\n\\connect b\n'],
    ['another command of psql', '\\i other.sql\n'],
    ['another encoding', "SET client_encoding = 'LATIN1';\n"],
    ['the old quoting', 'SET standard_conforming_strings = off;\n'],
    ['rows from a query', 'INSERT INTO t SELECT * FROM u;\n'],
    ['rows from a file', "COPY t FROM '/tmp/x';\n"],
    ['rows in another format', 'COPY t (a) FROM stdin WITH CSV;\n'],
    ['computed values', 'INSERT INTO t VALUES (now());\n'],
    ['a statement that goes on', 'INSERT INTO t VALUES (1) RETURNING a;\n'],
  ])('refuses %s', (_, text) => {
    expect(() => parse(text)).toThrow(LegacySourceError);
  });
});
