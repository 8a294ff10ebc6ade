import { LegacySourceError } from '../legacy-import.errors.js';
import { copyValues, SqlScanner } from './sql-scanner.js';

/** What a dump tells, in its order. */
export interface DumpSink {
  table(name: string, columns: string[]): void;
  /** `columns` is null when the dump does not name them: then they are those of the table. */
  row(table: string, columns: string[] | null, values: (string | null)[]): void;
}

/** What can end the text that is being read. `E` is a text in which a backslash escapes. */
type Quote = "'" | 'E' | '"' | '/*' | `$${string}`;

const OPENINGS = /'|"|--|\/\*|;|\$(?:[A-Za-z_]\w*)?\$/g;
const COPY_END = String.raw`\.`;
/** Commands of psql that pg_dump writes and that change nothing about rows. */
const HARMLESS_META = /^\\(restrict|unrestrict|encoding)\b/;
const CONNECT = /^\\connect\b/;

/** Splits a plain dump of pg_dump into its statements and rows, piece by piece: run logs make dumps large. */
export class DumpParser {
  private rest = '';
  private statement: string[] = [];
  private quote: Quote | null = null;
  private copy: { table: string; columns: string[] | null } | null = null;
  private connects = 0;

  constructor(private readonly sink: DumpSink) {}

  push(chunk: string): void {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }

  /** Throws LegacySourceError when the dump stops in the middle of something. */
  end(): void {
    if (this.rest !== '') this.line(this.rest);
    this.rest = '';
    const isOpen = this.copy !== null || this.quote !== null || this.statement.join('').trim() !== '';
    if (isOpen)
      throw new LegacySourceError('The dump ends in the middle of a statement: it is not complete. Make it again.');
  }

  private line(line: string): void {
    if (this.copy) this.copyLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    else if (line.startsWith('\\') && this.quote === null && this.statement.join('').trim() === '') this.meta(line);
    else this.sql(line);
  }

  private copyLine(line: string): void {
    if (!this.copy) return;
    if (line === COPY_END) this.copy = null;
    else this.sink.row(this.copy.table, this.copy.columns, copyValues(line));
  }

  private meta(line: string): void {
    if (HARMLESS_META.test(line)) return;
    if (CONNECT.test(line) && ++this.connects === 1) return;
    throw new LegacySourceError(
      `The dump has a command for psql that cannot be followed: ${line.slice(0, 60)}. Dump the one database of the old system with pg_dump (not pg_dumpall), format plain.`,
    );
  }

  /** Adds a line to the statement, and runs the statements it completes. */
  private sql(line: string): void {
    let from = 0;
    do from = this.quote === null ? this.outside(line, from) : this.inside(line, from, this.quote);
    while (from < line.length);
    this.statement.push('\n');
  }

  /** Up to the next opening of a text or comment, or the end of a statement; the position after it. */
  private outside(line: string, from: number): number {
    OPENINGS.lastIndex = from;
    const found = OPENINGS.exec(line);
    if (!found || found[0] === '--') {
      this.statement.push(line.slice(from, found?.index));
      return line.length;
    }
    const after = found.index + found[0].length;
    if (found[0] === ';') {
      this.statement.push(line.slice(from, found.index));
      this.complete();
      return after;
    }
    if (found[0] === '/*') this.statement.push(line.slice(from, found.index), ' ');
    else this.statement.push(line.slice(from, after));
    const isEscaped = found[0] === "'" && /(^|[^\w$])[Ee]$/.test(line.slice(Math.max(0, found.index - 2), found.index));
    this.quote = isEscaped ? 'E' : (found[0] as Quote);
    return after;
  }

  /** Up to the end of the text or comment; a doubled quote ends one text and begins the next. */
  private inside(line: string, from: number, quote: Quote): number {
    const end = quote === 'E' ? endOfEscaped(line, from) : line.indexOf(quote === '/*' ? '*/' : quote, from);
    const length = quote === 'E' ? 1 : quote === '/*' ? 2 : quote.length;
    const after = end === -1 ? line.length : end + length;
    if (quote !== '/*') this.statement.push(line.slice(from, after));
    // A doubled quote in an escaped text: the next part is escaped as well.
    const goesOn = quote === 'E' && line[after] === "'";
    if (goesOn) {
      this.statement.push("'");
      return after + 1;
    }
    if (end !== -1) this.quote = null;
    return after;
  }

  private complete(): void {
    const text = this.statement.join('').trim();
    this.statement = [];
    const scanner = new SqlScanner(text);
    if (scanner.takes('create', 'table') || scanner.takes('create', 'unlogged', 'table')) {
      const { table, columns } = scanner.tableDefinition();
      this.sink.table(table, columns);
    } else if (scanner.takes('insert', 'into')) {
      const { table, columns } = scanner.insertHead();
      for (const values of scanner.tuples()) this.sink.row(table, columns, values);
    } else if (scanner.takes('copy')) {
      this.copy = scanner.insertHead();
      if (!scanner.takes('from', 'stdin')) throw unsupported(text);
      scanner.end();
    } else if (scanner.takes('set')) assertReadable(text);
  }
}

function endOfEscaped(line: string, from: number): number {
  for (let at = from; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line[at] === "'") return at;
  }
  return -1;
}

/** Settings under which the rows would mean something else. */
function assertReadable(setting: string): void {
  const isOtherEncoding = /^set\s+client_encoding\b/i.test(setting) && !/'utf-?8'/i.test(setting);
  const isOldQuoting = /^set\s+standard_conforming_strings\s*=\s*off/i.test(setting);
  if (isOtherEncoding || isOldQuoting) throw unsupported(setting);
}

function unsupported(statement: string): LegacySourceError {
  return new LegacySourceError(
    `The dump says "${statement.slice(0, 100)}", which cannot be followed. Make it with pg_dump --format=plain --encoding=UTF8.`,
  );
}
