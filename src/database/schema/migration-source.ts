import { className } from '../migrator/build-rules.js';
import { type PlannedMigration } from './plan-migrations.js';

const WIDTH = 120;
const STEP_MS = 60_000;

export interface MigrationSource {
  /** Name of the file. */
  file: string;
  text: string;
}

/** The files of planned migrations, after everything that is there. Times are in milliseconds. */
export function migrationSources(planned: readonly PlannedMigration[], newest: number, now: number): MigrationSource[] {
  const first = Math.max(Math.floor(now / 1000) * 1000, newest + STEP_MS);
  return planned.map((migration, at) => {
    const file = `${first + at * STEP_MS}-${migration.name}`;
    return { file: `${file}.ts`, text: sourceOf(migration, className(file)) };
  });
}

function sourceOf({ summary, compat, isTransactional, up, down }: PlannedMigration, name: string): string {
  const traits = [
    ...(compat === 'expand' ? [] : [`  readonly compat = '${compat}';`]),
    ...(isTransactional ? [] : ['  readonly transaction = false;']),
  ];
  return [
    "import { type MigrationInterface, type QueryRunner } from 'typeorm';",
    '',
    docComment(summary),
    `export class ${name} implements MigrationInterface {`,
    ...(traits.length === 0 ? [] : [...traits, '']),
    ...method('up', up, isTransactional),
    '',
    ...method('down', down, isTransactional),
    '}',
    '',
  ].join('\n');
}

function method(name: string, statements: readonly string[], isTransactional: boolean): string[] {
  const isUnused = statements.length === 0;
  const body = isUnused
    ? ['    // What it made may be in use by others.', '    return Promise.resolve();']
    : (isTransactional ? [statements] : statements.map((one) => [one])).flatMap(query);
  const parameter = isUnused ? '' : 'queryRunner: QueryRunner';
  return [`  ${isUnused ? '' : 'async '}${name}(${parameter}): Promise<void> {`, ...body, '  }'];
}

/** What runs in a transaction is one text; of what does not, each statement must be sent alone. */
function query(statements: readonly string[]): string[] {
  const lines = statements.flatMap((statement) => `${escape(statement)};`.split('\n'));
  return ['    await queryRunner.query(`', ...lines.map((line) => (line === '' ? '' : `      ${line}`)), '    `);'];
}

function escape(sql: string): string {
  return sql.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');
}

function docComment(text: string): string {
  const line = `/** ${text} */`;
  if (line.length <= WIDTH) return line;
  const lines = text.split(' ').reduce<string[]>((done, word) => {
    const last = done.at(-1);
    if (last === undefined || ` * ${last} ${word}`.length > WIDTH) return [...done, word];
    return [...done.slice(0, -1), `${last} ${word}`];
  }, []);
  return ['/**', ...lines.map((each) => ` * ${each}`), ' */'].join('\n');
}
