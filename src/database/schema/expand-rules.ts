import { type Compat } from '../migrator/migration.types.js';

/** A statement that an `expand` migration must not have, and why. */
export interface RuleBreak {
  rule: 'drop' | 'rename' | 'type' | 'not-null' | 'required-column' | 'index';
  migration: string;
  statement: string;
  message: string;
}

/** A person says before a statement that the release before goes on working all the same: `-- expand-ok: <why>`. */
const EXCUSE = /^--[ \t]*expand-ok:[ \t]*\S/m;

export interface LintedMigration {
  name: string;
  compat: Compat;
  statements: string[];
}

/**
 * Statements of `expand` migrations that the release before may not bear, by rules of squawk
 * (https://squawkhq.com/docs/rules). `migrations` come in their order: a CHECK may be made in one and validated in the
 * next. A table that a migration makes itself it may change as it likes.
 */
export function expandBreaks(migrations: readonly LintedMigration[]): RuleBreak[] {
  const checks = new ValidatedChecks();
  return migrations.flatMap(({ name, compat, statements }) => {
    const found = compat === 'expand' ? breaksOfOne(name, statements, checks) : [];
    for (const statement of statements) checks.remember(withoutNoise(statement));
    return found;
  });
}

function breaksOfOne(migration: string, statements: readonly string[], before: ValidatedChecks): RuleBreak[] {
  const sqls = statements.map(withoutNoise);
  const made = new Set(
    sqls.flatMap((sql) => first(/^CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([\w."]+)/i, sql)),
  );
  const indexes = new Set(
    sqls.flatMap((sql) => first(/^CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+([\w."]+)/i, sql)),
  );
  const checks = before.copy();
  return sqls.flatMap((sql, at) => {
    const statement = statements[at] ?? '';
    const isOfOwn = first(/^ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?([\w."]+)/i, sql).some((table) =>
      made.has(table),
    );
    const found = RULES.filter(({ isBroken }) => isBroken(sql, { made, indexes, checks }));
    checks.remember(sql);
    if (isOfOwn || EXCUSE.test(statement)) return [];
    return found.map(({ rule, message }) => ({ rule, migration, statement, message }));
  });
}

interface Known {
  /** Tables and concurrent indexes that the migration makes. */
  made: ReadonlySet<string>;
  indexes: ReadonlySet<string>;
  checks: ValidatedChecks;
}

interface Rule {
  rule: RuleBreak['rule'];
  message: string;
  isBroken: (sql: string, known: Known) => boolean;
}

const RULES: Rule[] = [
  {
    rule: 'drop',
    message: 'The release before may use it. Drop it in a release that comes after one that does not.',
    isBroken: (sql, { indexes }) =>
      /\bDROP\s+(?!DEFAULT\b|NOT\s+NULL\b|EXPRESSION\b)/i.test(sql) &&
      // What CREATE INDEX CONCURRENTLY left when it was broken off goes before it is tried again.
      !first(/^DROP\s+INDEX\s+CONCURRENTLY\s+IF\s+EXISTS\s+([\w."]+)$/i, sql).some((name) => indexes.has(name)),
  },
  {
    rule: 'rename',
    message: 'The release before knows the old name only. Add the new one, copy, and drop the old one a release later.',
    isBroken: (sql) => /\bRENAME\b/i.test(sql),
  },
  {
    rule: 'type',
    message: 'The table may be written anew under a lock, and the release before meets another type.',
    isBroken: (sql) => /\bALTER\s+(?:COLUMN\s+)?[\w."]+\s+(?:SET\s+DATA\s+)?TYPE\b/i.test(sql),
  },
  {
    rule: 'not-null',
    message: 'The release before may write no value, and all rows are looked at under a lock. Validate a CHECK first.',
    isBroken: (sql, { checks }) => {
      const [, table = '', column = ''] =
        /^ALTER\s+TABLE\s+([\w."]+)[\s\S]*?ALTER\s+(?:COLUMN\s+)?([\w."]+)\s+SET\s+NOT\s+NULL/i.exec(sql) ?? [];
      return table !== '' && !checks.has(table, column);
    },
  },
  {
    rule: 'required-column',
    message: 'The release before does not fill it. Give it a default, or add it without NOT NULL.',
    isBroken: (sql) =>
      sql
        .split(/\bADD\s+COLUMN\b/i)
        .slice(1)
        .some((column) => /\bNOT\s+NULL\b/i.test(column) && !/\b(?:DEFAULT|GENERATED)\b/i.test(column)),
  },
  {
    rule: 'index',
    message:
      'Nobody can write to the table meanwhile. Use CREATE INDEX CONCURRENTLY in a migration without a transaction.',
    isBroken: (sql, { made }) =>
      first(/^CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY\b)[\s\S]*?\bON\s+(?:ONLY\s+)?([\w."]+)/i, sql).some(
        (table) => !made.has(table),
      ),
  },
];

/** Which columns a CHECK says have a value, of those that were looked at. */
class ValidatedChecks {
  constructor(
    private readonly columns = new Map<string, string>(),
    private readonly validated = new Set<string>(),
  ) {}

  copy(): ValidatedChecks {
    return new ValidatedChecks(new Map(this.columns), new Set(this.validated));
  }

  has(table: string, column: string): boolean {
    return this.validated.has(`${table}.${column}`);
  }

  remember(sql: string): void {
    const [, table, name, column] =
      /^ALTER\s+TABLE\s+([\w."]+)\s+ADD\s+CONSTRAINT\s+([\w."]+)\s+CHECK\s*\(\s*([\w."]+)\s+IS\s+NOT\s+NULL\s*\)/i.exec(
        sql,
      ) ?? [];
    if (table !== undefined && name !== undefined && column !== undefined) this.columns.set(`${table} ${name}`, column);
    const [, of, validated] = /^ALTER\s+TABLE\s+([\w."]+)\s+VALIDATE\s+CONSTRAINT\s+([\w."]+)/i.exec(sql) ?? [];
    const known = this.columns.get(`${of ?? ''} ${validated ?? ''}`);
    if (of !== undefined && known !== undefined) this.validated.add(`${of}.${known}`);
  }
}

function first(pattern: RegExp, sql: string): string[] {
  const found = pattern.exec(sql)?.[1];
  return found === undefined ? [] : [found];
}

/** A text of several statements, one by one; what is between dollars or quotes is one piece. */
export function splitStatements(text: string): string[] {
  const pieces = text.match(/\$(\w*)\$[\s\S]*?\$\1\$|'(?:[^']|'')*'|--[^\n]*|;|[^;'$-]+|[\s\S]/g) ?? [];
  const statements = pieces.reduce<string[]>(
    (done, piece) => (piece === ';' ? [...done, ''] : [...done.slice(0, -1), (done.at(-1) ?? '') + piece]),
    [''],
  );
  return statements.map((statement) => statement.trim()).filter((statement) => withoutNoise(statement) !== '');
}

/** Without comments, texts and bodies of functions, in which words are no commands. */
function withoutNoise(statement: string): string {
  return statement
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/--[^\n]*/g, '')
    .trim();
}
