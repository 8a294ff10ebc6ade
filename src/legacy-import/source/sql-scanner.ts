import { LegacySourceError } from '../legacy-import.errors.js';

const SPACE = /\s*/y;
const WORD = /[A-Za-z_][\w$]*/y;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
/** Words that begin a constraint where a column could stand. */
const CONSTRAINTS = new Set(['constraint', 'primary', 'unique', 'check', 'foreign', 'exclude', 'like']);
const SIMPLE_ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|([\s\S]))/g;

/** Where rows go: table without schema, and columns if the statement names them. */
export interface InsertHead {
  table: string;
  columns: string[] | null;
}

/**
 * Reads the three statements of a dump that matter, as pg_dump writes them. Throws LegacySourceError for anything it
 * does not expect: a row misread would be a row lost.
 */
export class SqlScanner {
  private position = 0;

  constructor(private readonly sql: string) {}

  /** Takes the words if they come next, in any letter case. */
  takes(...words: string[]): boolean {
    const start = this.position;
    for (const word of words) {
      if (this.word()?.toLowerCase() !== word) {
        this.position = start;
        return false;
      }
    }
    return true;
  }

  /** `CREATE TABLE` is taken already: the table and its columns. */
  tableDefinition(): { table: string; columns: string[] } {
    this.takes('if', 'not', 'exists');
    const table = this.name();
    const columns: string[] = [];
    if (!this.takesMark('(') || this.takesMark(')')) return { table, columns };
    do {
      const column = this.column();
      if (column !== null) columns.push(column);
      this.skipToSeparator();
    } while (this.takesMark(','));
    this.mark(')');
    return { table, columns };
  }

  /** `INSERT INTO` or `COPY` is taken already. */
  insertHead(): InsertHead {
    const table = this.name();
    if (!this.takesMark('(')) return { table, columns: null };
    const columns: string[] = [];
    do columns.push(this.identifier());
    while (this.takesMark(','));
    this.mark(')');
    return { table, columns };
  }

  /** The tuples after `VALUES`, null for NULL. */
  *tuples(): Generator<(string | null)[]> {
    this.takes('overriding', 'system', 'value');
    if (!this.takes('values')) this.fail('VALUES was expected');
    do {
      this.mark('(');
      const values: (string | null)[] = [];
      do values.push(this.value());
      while (this.takesMark(','));
      this.mark(')');
      yield values;
    } while (this.takesMark(','));
    if (!this.takes('on', 'conflict', 'do', 'nothing') && !this.isAtEnd()) this.fail('the end was expected');
  }

  /** Throws unless nothing but blanks is left. */
  end(): void {
    if (!this.isAtEnd()) this.fail('the end was expected');
  }

  private isAtEnd(): boolean {
    this.skipSpace();
    return this.position >= this.sql.length;
  }

  /** The last part of a name that may have a schema. */
  private name(): string {
    let name = this.identifier();
    while (this.takesMark('.')) name = this.identifier();
    return name;
  }

  private column(): string | null {
    const start = this.position;
    const word = this.word();
    if (word !== null && CONSTRAINTS.has(word.toLowerCase())) return null;
    this.position = start;
    return this.identifier();
  }

  private identifier(): string {
    this.skipSpace();
    if (this.sql[this.position] === '"') return this.quoted('"');
    const word = this.word();
    if (word === null) this.fail('a name was expected');
    return word.toLowerCase();
  }

  private value(): string | null {
    this.skipSpace();
    if (this.sql[this.position] === "'") return this.quoted("'");
    if (/^E'/i.test(this.sql.slice(this.position, this.position + 2))) return this.escapedText();
    const number = this.match(NUMBER);
    if (number !== null) return number;
    const word = this.word()?.toLowerCase();
    if (word === 'null') return null;
    if (word === 'true' || word === 'false') return word;
    return this.fail('a value was expected');
  }

  /** A doubled mark stands for itself. Searched and not matched: a text may have megabytes. */
  private quoted(quote: string): string {
    const parts: string[] = [];
    for (let from = this.position + 1; ; from = this.position + 1) {
      const end = this.sql.indexOf(quote, from);
      if (end === -1) this.fail('a quote is not closed');
      parts.push(this.sql.slice(from, end));
      this.position = end + 1;
      if (this.sql[this.position] !== quote) return parts.join(quote);
    }
  }

  private escapedText(): string {
    const start = this.position + 2;
    let end = start;
    while (end < this.sql.length && (this.sql[end] !== "'" || this.sql[end + 1] === "'")) {
      end += this.sql[end] === '\\' || this.sql[end] === "'" ? 2 : 1;
    }
    this.position = end + 1;
    return unescape(this.sql.slice(start, end).replaceAll("''", String.raw`\'`));
  }

  /** Types, defaults and constraints: up to the comma or parenthesis that ends the item. */
  private skipToSeparator(): void {
    for (let depth = 0; this.position < this.sql.length; this.position++) {
      const mark = this.sql[this.position] ?? '';
      if (mark === "'" || mark === '"') {
        this.quoted(mark);
        this.position--;
      } else if (mark === '(') depth++;
      else if (depth === 0 && (mark === ',' || mark === ')')) return;
      else if (mark === ')') depth--;
    }
  }

  private word(): string | null {
    this.skipSpace();
    return this.match(WORD);
  }

  private takesMark(mark: string): boolean {
    this.skipSpace();
    if (this.sql[this.position] !== mark) return false;
    this.position++;
    return true;
  }

  private mark(mark: string): void {
    if (!this.takesMark(mark)) this.fail(`"${mark}" was expected`);
  }

  private skipSpace(): void {
    this.match(SPACE);
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.sql)?.[0] ?? null;
    if (found !== null) this.position += found.length;
    return found;
  }

  private fail(problem: string): never {
    const [head] = this.sql.trimStart().split('(', 1);
    throw new LegacySourceError(
      `The dump has a statement that cannot be read: ${problem} at character ${this.position} of "${(head ?? '').trim().slice(0, 100)} ...". Make the dump with pg_dump, format plain, without options that change how rows are written.`,
    );
  }
}

/** A line of COPY data in text format. */
export function copyValues(line: string): (string | null)[] {
  return line.split('\t').map((field) => (field === String.raw`\N` ? null : unescape(field)));
}

/** Backslash escapes of COPY data and of E'' texts; any other character after a backslash stands for itself. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (_, octal?: string, hex?: string, other?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return SIMPLE_ESCAPES[other ?? ''] ?? other ?? '';
  });
}
