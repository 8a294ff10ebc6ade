import { type Command } from 'commander';
import { loadConfig } from '../config/app-config.js';
import { migrate } from '../database/migrator/migrator.js';
import { openDatabase } from '../database/open-database.js';
import { printAnswer } from './output.js';

export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Applies pending database migrations, one process at a time; without any it does nothing.')
    .option('--json', 'print {"applied": [names]}')
    .addHelpText('after', '\nExamples:\n  psctl migrate\n  PS_DATABASE_URL=postgres://... psctl migrate --json')
    .action((options: { json?: boolean }) =>
      printAnswer(options, async () => {
        const applied = await applyMigrations((message) => process.stderr.write(`${message}\n`));
        const text = applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.length} migrations.`;
        return { text, json: { applied } };
      }),
    );
}

/** Names of what was applied. */
export async function applyMigrations(onProgress: (message: string) => void): Promise<string[]> {
  const config = loadConfig();
  const database = await openDatabase(config, { onProgress });
  try {
    return await migrate(database.url, {
      lockTimeoutSeconds: config.env.PS_MIGRATION_LOCK_TIMEOUT_SECONDS,
      onProgress,
    });
  } finally {
    await database.close();
  }
}
