import { type Command } from 'commander';
import { loadConfig } from '../config/app-config.js';
import { dumpDatabase, restoreDatabase } from '../database/backup/backup.js';
import { type DatabaseUrl } from '../database/database-url.js';
import { openDatabase } from '../database/open-database.js';
import { type Answer, printAnswer } from './output.js';

interface Options {
  json?: boolean;
}

/** The whole database as a file, and back; needs Postgres's own client programs. */
export function registerBackups(db: Command): void {
  db.command('dump')
    .description('Writes the whole database to a file, in the custom format of pg_dump, while the service works on.')
    .argument('<file>', 'must not exist; it holds everything, so keep it as safe as the database')
    .option('--json', 'print {"file", "bytes", "sha256", "schema"}')
    .addHelpText('after', '\nExamples:\n  psctl db dump ps-2026-11-28.dump\n  psctl db dump /tmp/ps.dump --json')
    .action((file: string, options: Options) =>
      printAnswer(options, () => withDatabase((url, executablePath) => dump(url, file, executablePath))),
    );
  db.command('restore')
    .description('Fills an empty database from a file psctl db dump has written; touches no other.')
    .argument('<file>', 'the dump')
    .option('--json', 'print {"tables", "schema"}')
    .addHelpText(
      'after',
      '\nStart the service with the same PS_STATE_ENCRYPTION_KEY afterwards: states are encrypted with it.\n\n' +
        'Examples:\n  PS_DATABASE_URL=postgres://.../empty psctl db restore ps-2026-11-28.dump',
    )
    .action((file: string, options: Options) =>
      printAnswer(options, () => withDatabase((url, executablePath) => restore(url, file, executablePath))),
    );
}

async function dump(url: DatabaseUrl, file: string, executablePath: string): Promise<Answer> {
  const made = await dumpDatabase(url, file, executablePath);
  const text = `${made.file}: ${made.bytes} bytes, SHA-256 ${made.sha256}, schema ${made.schema ?? 'none'}`;
  return { text, json: made };
}

async function restore(url: DatabaseUrl, file: string, executablePath: string): Promise<Answer> {
  const restored = await restoreDatabase(url, file, executablePath);
  const text = `Restored ${restored.tables} tables, schema ${restored.schema ?? 'none'}. Apply what is newer with psctl migrate.`;
  return { text, json: restored };
}

async function withDatabase<T>(work: (url: DatabaseUrl, executablePath: string) => Promise<T>): Promise<T> {
  const config = loadConfig();
  const onProgress = (message: string): void => {
    process.stderr.write(`${message}\n`);
  };
  const database = await openDatabase(config, { onProgress });
  try {
    return await work(database.url, config.executablePath);
  } finally {
    await database.close();
  }
}
