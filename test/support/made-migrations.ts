import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type QueryRunner } from 'typeorm';
import ts from 'typescript';
import { type DatabaseUrl } from '../../src/database/database-url.js';
import { type Compat, type MigrationClass } from '../../src/database/migrator/migration.types.js';
import { type LintedMigration, splitStatements } from '../../src/database/schema/expand-rules.js';
import { makeMigrations } from '../../src/database/schema/make-migrations.js';
import { withClient } from './migrations.js';

export interface MadeSource {
  file: string;
  text: string;
}

/** The migrations that lead from what a database is to a declaration, written to a directory and read from there. */
export async function madeFor(
  url: DatabaseUrl,
  declaration: string,
  answers: Record<string, string> = {},
): Promise<MadeSource[]> {
  const directory = mkdtempSync(join(tmpdir(), 'ps-server-made-'));
  try {
    writeFileSync(join(directory, 'schema.sql'), declaration);
    writeFileSync(join(directory, 'migrations.lock.json'), '{}');
    const { sources } = await makeMigrations(url, {
      name: 'change',
      directory,
      given: new Map(Object.entries(answers)),
      person: null,
      isDryRun: false,
      now: new Date('2026-11-28T12:00:00Z'),
    });
    return sources.map(({ file }) => ({ file, text: readFileSync(join(directory, file), 'utf8') }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs what was written, as the runner does: in a transaction unless the class says otherwise. */
export async function runMade(
  url: DatabaseUrl,
  sources: readonly MadeSource[],
  direction: 'up' | 'down',
): Promise<void> {
  const order = direction === 'up' ? sources : [...sources].reverse();
  await withClient(url, async (client) => {
    for (const { text } of order) {
      const migration = new (await loaded(text))();
      const isTransactional = !text.includes('readonly transaction = false');
      if (isTransactional) await client.query('BEGIN');
      await migration[direction]({ query: (sql: string) => client.query(sql) } as unknown as QueryRunner);
      if (isTransactional) await client.query('COMMIT');
    }
  });
}

/** The same as rules for `expand` migrations look at it. */
export function linted(sources: readonly MadeSource[]): Promise<LintedMigration[]> {
  return Promise.all(
    sources.map(async ({ file, text }) => {
      const statements: string[] = [];
      const query = (sql: string): Promise<unknown> => Promise.resolve(statements.push(...splitStatements(sql)));
      await new (await loaded(text))().up({ query } as unknown as QueryRunner);
      return { name: file, compat: manifestCompat(text), statements };
    }),
  );
}

function manifestCompat(text: string): Compat {
  return (/readonly compat = '(\w+)'/.exec(text)?.[1] ?? 'expand') as Compat;
}

/** The class of a TypeScript text. */
async function loaded(text: string): Promise<MigrationClass> {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const module = (await import(`data:text/javascript,${encodeURIComponent(outputText)}`)) as Record<string, unknown>;
  return Object.values(module)[0] as MigrationClass;
}
