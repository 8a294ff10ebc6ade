import { DataSource, type QueryRunner } from 'typeorm';
import { type Migration } from './migration.types.js';

/**
 * The SQL a migration would run, in order, with what surrounds it. Nothing is connected to: whatever the migration asks
 * is answered with no rows, so statements that depend on what a database holds are shown as for an empty one.
 */
export async function previewSql(migration: Migration, direction: 'up' | 'down'): Promise<string> {
  const statements: string[] = [];
  await migration.create()[direction](recordingRunner((sql) => statements.push(sql)));
  const { name, timestamp, isTransactional } = migration;
  const row =
    direction === 'up'
      ? `INSERT INTO schema_migrations ("timestamp", name) VALUES (${timestamp}, '${name}')`
      : `DELETE FROM schema_migrations WHERE name = '${name}'`;
  const body = [...statements, ...(isTransactional ? [row] : [])];
  const lines = isTransactional ? ['BEGIN', ...body, 'COMMIT'] : [...body, row];
  return [
    `-- ${name}, ${direction}${isTransactional ? '' : ', without a transaction'}`,
    ...lines.map(asStatement),
  ].join('\n');
}

/** TypeORM's runner, so that its helpers for tables and columns work too, on a data source that is never opened. */
function recordingRunner(record: (sql: string) => void): QueryRunner {
  const runner = new DataSource({ type: 'postgres' }).createQueryRunner();
  runner.query = ((sql: string, parameters: unknown[] = []) => {
    record(parameters.length === 0 ? sql : `${sql}\n-- parameters: ${JSON.stringify(parameters)}`);
    return Promise.resolve([]);
  }) as typeof runner.query;
  return runner;
}

function asStatement(sql: string): string {
  const text = trimIndent(sql);
  return /;\s*(--[^\n]*)?$/.test(text) || /\n-- parameters: [^\n]*$/.test(text) ? text : `${text};`;
}

/** A text literal is indented as the code around it. */
function trimIndent(sql: string): string {
  const lines = sql
    .replace(/^\s*\n/, '')
    .trimEnd()
    .split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const least = Math.min(...indents);
  return lines.map((line) => line.slice(least)).join('\n');
}
