import { type Command } from 'commander';
import { type AppConfig, loadConfig } from '../config/app-config.js';
import { MIGRATION_EXIT_CODES, MIGRATION_EXIT_CODES_HELP } from '../database/migrator/migration-error.js';
import { migrateOptions } from '../database/migrator/migrate-on-start.js';
import { type MigrateOptions } from '../database/migrator/migrator.js';
import { type DatabaseUrl } from '../database/database-url.js';
import { openDatabase } from '../database/open-database.js';
import { type Answer, printAnswer } from './output.js';

/** Of a program that a terminal interrupts. */
const INTERRUPTED = 130;

export interface MigrationContext {
  config: AppConfig;
  url: DatabaseUrl;
  options: MigrateOptions;
}

/** Opens the configured database for migrations, which need no services, and closes it. */
export async function withMigrations<T>(
  work: (context: MigrationContext) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const config = loadConfig();
  const hooks = { onProgress: sayOnStderr, signal };
  const database = await openDatabase(config, hooks);
  try {
    return await work({ config, url: database.url, options: migrateOptions(config, hooks) });
  } finally {
    await database.close();
  }
}

/**
 * Prints what `work` answers. A signal that asks the process to stop ends a wait, lets a migration that runs finish, begins
 * no other, and makes the exit code 143, or 130 for Ctrl-C.
 */
export async function printMigrationAnswer(
  output: { json?: boolean },
  work: (context: MigrationContext) => Promise<Answer>,
): Promise<void> {
  const stop = new AbortController();
  const codes: number[] = [];
  const on = (code: number) => () => {
    if (codes.length === 0) sayOnStderr('Asked to stop: a migration that runs is finished, and no other begins');
    codes.push(code);
    stop.abort();
  };
  const handlers = { SIGTERM: on(MIGRATION_EXIT_CODES.terminated), SIGINT: on(INTERRUPTED) };
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  try {
    await printAnswer(output, () => withMigrations(work, stop.signal));
  } finally {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  }
  if (codes.length > 0) process.exitCode = codes[0];
}

/** Examples and exit codes under the help of a command. */
export function addMigrationHelp(command: Command, ...examples: string[]): Command {
  const lines = examples.map((example) => `  ${example}`).join('\n');
  return command.addHelpText('after', `\n${MIGRATION_EXIT_CODES_HELP}\n\nExamples:\n${lines}`);
}

export function counted(verb: string, names: readonly string[]): string {
  return `${verb} ${names.length} migration${names.length === 1 ? '' : 's'}.`;
}

export function sayOnStderr(message: string): void {
  process.stderr.write(`${message}\n`);
}
