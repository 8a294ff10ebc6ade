import { type Command } from 'commander';
import { migrateOnStart } from '../database/migrator/migrate-on-start.js';
import { checkMigrations, migrate, planMigrations } from '../database/migrator/migrator.js';
import { driftWarning, findSchemaDrift } from '../database/schema/schema-drift.js';
import {
  addMigrationHelp,
  counted,
  type MigrationContext,
  printMigrationAnswer,
  sayOnStderr,
} from './migration-options.js';
import { type Answer } from './output.js';

export interface RunOptions {
  to?: string;
  plan?: boolean;
  check?: boolean;
  onStart?: boolean;
  allowOutOfOrder?: boolean;
  acceptChecksum: string[];
  snapshotId?: string;
  json?: boolean;
}

export function registerMigrate(program: Command): void {
  const command = program.command('migrate');
  addRunOptions(command).option('--on-start', 'do what PS_MIGRATE_ON_START says, as a start of the service does');
  addMigrationHelp(
    command,
    'psctl migrate',
    'psctl migrate --plan',
    'PS_DATABASE_URL=postgres://... psctl migrate --json',
    'psctl migrate --snapshot-id rds:ps-2026-11-28',
  );
}

/** `psctl db run` is the same command under another name. */
export function addRunOptions(command: Command): Command {
  return command
    .description('Applies pending database migrations, one process at a time; without any it does nothing.')
    .option('--to <name>', 'the last one to apply; the others stay pending')
    .option('--plan', 'apply nothing, and say what would be applied')
    .option('--check', 'apply nothing, and end with exit code 3 if anything is pending')
    .option('--allow-out-of-order', 'also apply what is older than the newest one applied')
    .option('--accept-checksum <name>', 'take a changed source for the one that was applied; repeatable', collect, [])
    .option('--snapshot-id <id>', 'snapshot of the database taken before a breaking migration; recorded')
    .option('--json', 'print {"applied": [names]}, with --plan {"pending": [names]}')
    .action((options: RunOptions) => printMigrationAnswer(options, (context) => run(context, options)));
}

async function run(context: MigrationContext, options: RunOptions): Promise<Answer> {
  const { url, config } = context;
  const how = {
    ...context.options,
    to: options.to,
    isOutOfOrderAllowed: options.allowOutOfOrder ?? false,
    acceptedChecksums: options.acceptChecksum,
    snapshotId: options.snapshotId ?? context.options.snapshotId,
  };
  if (options.plan) {
    const pending = await planMigrations(url, how);
    const names = pending.map(({ name }) => name);
    const lines = pending.map(({ name, compat }) => `${name} (${compat})`);
    return { text: [...lines, `${names.length} would be applied.`].join('\n'), json: { pending: names } };
  }
  if (options.check) {
    await checkMigrations(url, how);
    return appliedAnswer([]);
  }
  const applied = options.onStart ? await migrateOnStart(url, config, how) : await migrate(url, how);
  await warnOfDrift(context);
  return appliedAnswer(applied);
}

async function warnOfDrift({ url, config }: MigrationContext): Promise<void> {
  const drift = await findSchemaDrift(url);
  if (drift.state === 'found')
    sayOnStderr(driftWarning(drift.differences, config.env.PS_ENVIRONMENT === 'development'));
}

function appliedAnswer(applied: string[]): Answer {
  const text = applied.length === 0 ? 'The database is up to date.' : counted('Applied', applied);
  return { text, json: { applied } };
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
