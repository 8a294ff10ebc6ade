import { type Command } from 'commander';
import { settled } from '../database/migrator/history-rules.js';
import { loadBuild } from '../database/migrator/migration-files.js';
import { type MigrationState, type MigrationStatus, statesOf } from '../database/migrator/migration-states.js';
import { historyOf, find, planMigrations } from '../database/migrator/migrator.js';
import { previewSql } from '../database/migrator/sql-preview.js';
import { addMigrationHelp, printMigrationAnswer, withMigrations } from './migration-options.js';
import { type Answer, printAnswer, table } from './output.js';

const SIGNS: Record<MigrationState, string> = { applied: '[X]', pending: '[ ]', unknown: '[?]', unfinished: '[!]' };

export function registerShow(db: Command): void {
  addMigrationHelp(
    db
      .command('show')
      .description('Lists migrations: [X] applied, [ ] pending, [?] of a newer release, [!] under way or broken off.')
      .option('--plan', 'list what "db run" would apply, in that order, and whether it would refuse')
      .option('--json', 'print {"migrations": [...]}, with --plan {"pending": [names]}')
      .action((options: { plan?: boolean; json?: boolean }) => (options.plan ? plan(options) : show(options))),
    'psctl db show',
    'psctl db show --plan',
    'psctl db show --json | jq -r \'.migrations[] | select(.state != "applied") | .name\'',
  );
  db.command('sql')
    .description('Prints the SQL a migration would run, in order; connects to nothing and changes nothing.')
    .argument('<name>', 'of the class, as "db show" prints it')
    .option('--down', 'the SQL that undoes it')
    .option('--json', 'print {"name", "sql"}')
    .addHelpText(
      'after',
      '\nWhat depends on rows the database holds is shown as for an empty one.\n\nExamples:\n' +
        '  psctl db sql CreateCapacity1795478520000\n  psctl db sql CreateCapacity1795478520000 --down',
    )
    .action((name: string, options: { down?: boolean; json?: boolean }) =>
      printAnswer(options, async () => {
        const sql = await previewSql(find(await loadBuild(), name), options.down ? 'down' : 'up');
        return { text: sql, json: { name, sql } };
      }),
    );
}

function show(options: { json?: boolean }): Promise<void> {
  return printAnswer(options, () =>
    withMigrations(async ({ url }): Promise<Answer> => {
      const migrations = statesOf(await loadBuild(), await historyOf(url));
      return {
        text: table([['', 'MIGRATION', 'KIND', 'APPLIED', 'MS', 'BY'], ...migrations.map(line)]),
        json: { migrations },
      };
    }),
  );
}

function plan(options: { json?: boolean }): Promise<void> {
  return printMigrationAnswer(options, async ({ url, options: how }): Promise<Answer> => {
    const pending = await planMigrations(url, how);
    const left = settled(await historyOf(url)).applied.length;
    const lines = pending.map(({ name, compat }) => `[ ] ${name} (${compat})`);
    const text = [...lines, `${left} applied, ${pending.length} to apply.`].join('\n');
    return { text, json: { pending: pending.map(({ name }) => name) } };
  });
}

function line({ name, state, compat, at, durationMs, appVersion, executedBy, isUnchanged }: MigrationStatus): string[] {
  return [
    SIGNS[state],
    isUnchanged === false ? `${name} (changed since)` : name,
    compat ?? '-',
    at?.toISOString() ?? '-',
    durationMs === null ? '-' : String(Math.round(durationMs)),
    appVersion === null ? '-' : `${appVersion} on ${executedBy ?? '-'}`,
  ];
}
