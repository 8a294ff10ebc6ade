import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { errorMessage } from '../../common/errors/domain-error.js';
import { LegacySourceError } from '../legacy-import.errors.js';
import { DumpParser, type DumpSink } from './dump-parser.js';
import { type LegacyRow, type LegacySource, type LegacyTable } from './legacy-source.js';

/** How files begin that are no plain dumps, and what makes them one. A tar archive says so after its first file name. */
const OTHER_FORMATS: [magic: string, offset: number, advice: string][] = [
  ['PGDMP', 0, 'It is in the custom format of pg_dump. Make a plain one: pg_restore -f legacy.sql FILE'],
  ['ustar', 257, 'It is in the tar format of pg_dump. Make a plain one: pg_restore -f legacy.sql FILE'],
  ['\x1f\x8b', 0, 'It is compressed. Unpack it first: gunzip FILE'],
  ['\x28\xb5\x2f\xfd', 0, 'It is compressed. Unpack it first: unzstd FILE'],
];
const HEAD_BYTES = 512;
const CHUNK_BYTES = 1 << 20;

/** A plain SQL dump, read without Postgres. */
export class DumpSource implements LegacySource {
  readonly description: string;

  constructor(private readonly path: string) {
    this.description = `dump ${path}`;
  }

  async read(wanted: ReadonlySet<string>): Promise<LegacyTable[]> {
    await this.assertPlain();
    const content = new DumpContent(wanted);
    const parser = new DumpParser(content);
    for await (const text of this.texts()) parser.push(text);
    parser.end();
    return content.tables();
  }

  private async *texts(): AsyncGenerator<string> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const decode = (bytes: Buffer, stream: boolean): string => {
      try {
        return decoder.decode(bytes, { stream });
      } catch {
        throw this.unreadable('It is not UTF-8. Make it with pg_dump --encoding=UTF8.');
      }
    };
    for await (const chunk of createReadStream(this.path, { highWaterMark: CHUNK_BYTES }))
      yield decode(chunk as Buffer, true);
    yield decode(Buffer.alloc(0), false);
  }

  private async assertPlain(): Promise<void> {
    const head = await this.head();
    const other = OTHER_FORMATS.find(([magic, offset]) => head.startsWith(magic, offset));
    if (other) throw this.unreadable(other[2].replace('FILE', this.path));
  }

  private async head(): Promise<string> {
    try {
      const file = await open(this.path);
      try {
        if ((await file.stat()).isDirectory())
          throw this.unreadable(
            `It is a directory. If pg_dump made it, make a plain dump: pg_restore -f legacy.sql ${this.path}`,
          );
        const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
        return buffer.subarray(0, bytesRead).toString('latin1');
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof LegacySourceError) throw error;
      throw this.unreadable(`${errorMessage(error)}. Check the path and its permissions.`);
    }
  }

  private unreadable(why: string): LegacySourceError {
    return new LegacySourceError(`${this.path} cannot be read as a plain SQL dump: ${why}`);
  }
}

/** Collects the rows that are wanted and counts the others. */
class DumpContent implements DumpSink {
  private readonly found = new Map<string, { columns: string[]; rowCount: number; rows: LegacyRow[] }>();

  constructor(private readonly wanted: ReadonlySet<string>) {}

  table(name: string, columns: string[]): void {
    if (this.found.has(name))
      throw new LegacySourceError(`The dump has two tables named ${name}. Dump the one schema of the old system only.`);
    this.found.set(name, { columns, rowCount: 0, rows: [] });
  }

  row(name: string, named: string[] | null, values: (string | null)[]): void {
    // A dump of the data alone has no definitions.
    if (!this.found.has(name) && named) this.table(name, named);
    const table = this.found.get(name);
    const columns = named ?? table?.columns;
    if (!table || columns?.length !== values.length)
      throw new LegacySourceError(
        `A row of ${name} in the dump has ${values.length} values, and the table has ${columns?.length ?? 'no known'} columns. Make the dump again, with the definitions of the tables.`,
      );
    table.rowCount++;
    if (!this.wanted.has(name)) return;
    table.rows.push(Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null])));
  }

  tables(): LegacyTable[] {
    return [...this.found].map(([name, table]) => ({ name, ...table }));
  }
}
