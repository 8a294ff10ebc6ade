import { fileURLToPath } from 'node:url';
import { type Command } from 'commander';
import { loadConfig } from '../config/app-config.js';
import { type DatabaseUrl } from '../database/database-url.js';
import { withFreshDatabase } from '../database/fresh-database.js';
import { loadBuild } from '../database/migrator/migration-files.js';
import { MigrationError } from '../database/migrator/migration-error.js';
import { checkMigrations, migrate, type MigrateOptions } from '../database/migrator/migrator.js';
import { AnswerError, readAnswers } from '../database/schema/answers.js';
import { compareWithDeclaration } from '../database/schema/compare.js';
import { readDeclaration } from '../database/schema/declared-schema.js';
import { assertSources, type Made, makeMigrations, unbuilt } from '../database/schema/make-migrations.js';
import { askAtTerminal } from './db-make-questions.js';
import { addMigrationHelp, sayOnStderr, withMigrations } from './migration-options.js';
import { type Answer, printAnswer, usageError } from './output.js';

/** Of the repository, seen from the build. */
const SOURCES = fileURLToPath(new URL('../../../migrations/', import.meta.url));

interface Options {
  name?: string;
  directory: string;
  check?: boolean;
  input: boolean;
  answers?: string;
  dryRun?: boolean;
  fromMigrations?: boolean;
  json?: boolean;
}

export function registerMake(db: Command): void {
  addMigrationHelp(
    db
      .command('make')
      .description(
        'Writes the migration that makes the database what migrations/schema.sql declares; asks what is unsafe.',
      )
      .option('--name <words-with-dashes>', 'of the migration: add-phone-numbers')
      .option('--check', 'write nothing, and end with exit code 1 if there is a difference')
      .option('--no-input', 'ask nothing: end with exit code 3 where a person must decide')
      .option('--answers <file>', 'YAML with answers to questions, "question: answer"')
      .option('--dry-run', 'print what would be written')
      .option('--from-migrations', 'compare with a throwaway database that the migrations make, not the configured one')
      .option('--directory <path>', 'where the sources are', SOURCES)
      .option('--json', 'print {"differences", "files", "notes"}')
      .action((options: Options) => printAnswer(options, () => make(options))),
    'psctl db make --name add-phone-numbers',
    'psctl db make --check --from-migrations',
    'psctl db make --name drop-notes --no-input --answers answers.yml',
  );
}

async function make(options: Options): Promise<Answer> {
  if (loadConfig().env.PS_ENVIRONMENT === 'production') {
    throw new MigrationError(
      'failed',
      'PS_ENVIRONMENT is production: there a schema changes by a migration that was reviewed and is in the image. Run it ' +
        'where you develop.',
    );
  }
  assertUsage(options);
  assertSources(options.directory);
  return withDatabase(options, async (url) => {
    const declaration = readDeclaration(options.directory);
    if (options.check) return checked(await compareWithDeclaration(url, declaration));
    return answerOf(await madeFrom(url, options), options.dryRun ?? false);
  });
}

function assertUsage({ name, check }: Options): void {
  if (check) return;
  if (name === undefined) throw usageError('Say what the migration does: --name add-phone-numbers.');
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    throw usageError(`--name is words in small letters with dashes, as add-phone-numbers, not "${name}".`);
  }
}

/** The configured database once it has every migration, or a new one that is made of them. */
function withDatabase<T>(options: Options, work: (url: DatabaseUrl) => Promise<T>): Promise<T> {
  if (options.fromMigrations) {
    const how: MigrateOptions = { lockTimeoutSeconds: 30, onProgress: () => undefined };
    return withFreshDatabase(async (url) => {
      await assertBuilt(options.directory);
      await migrate(url, how);
      return work(url);
    });
  }
  return withMigrations(async ({ url, options: how }) => {
    await assertBuilt(options.directory);
    await assertApplied(url, how);
    return work(url);
  });
}

async function assertBuilt(directory: string): Promise<void> {
  const names = unbuilt(directory, new Set((await loadBuild()).map(({ name }) => name)));
  if (names.length === 0) return;
  throw new MigrationError('failed', `${names.join(', ')} is not in the build yet. Run "npm run build" first.`);
}

async function assertApplied(url: DatabaseUrl, how: MigrateOptions): Promise<void> {
  try {
    await checkMigrations(url, how);
  } catch (error) {
    if (!(error instanceof MigrationError) || error.failure !== 'needsHuman') throw error;
    throw new MigrationError(
      'failed',
      'Migrations are pending, and what they do would be written again. Run "psctl migrate" first, or use --from-migrations.',
      { cause: error },
    );
  }
}

async function madeFrom(url: DatabaseUrl, options: Options): Promise<Made> {
  try {
    return await makeMigrations(url, {
      name: options.name ?? '',
      directory: options.directory,
      given: options.answers === undefined ? new Map() : readAnswers(options.answers),
      person: options.input && process.stdin.isTTY ? askAtTerminal : null,
      isDryRun: options.dryRun ?? false,
      now: new Date(),
    });
  } catch (error) {
    throw error instanceof AnswerError ? usageError(error.message) : error;
  }
}

function checked(differences: readonly string[]): Answer {
  if (differences.length === 0) {
    return { text: 'The database is what schema.sql declares.', json: { differences, files: [], notes: [] } };
  }
  throw new MigrationError(
    'failed',
    `The database is not what schema.sql declares. To make it so:\n${differences.map((one) => `  ${one}`).join('\n')}\n` +
      'Write the migration with "psctl db make --name <what-it-does>", or take the change out of schema.sql.',
  );
}

function answerOf({ differences, sources, notes }: Made, isDryRun: boolean): Answer {
  const json = { differences, files: sources, notes };
  if (sources.length === 0) return { text: 'The database is what schema.sql declares.', json };
  for (const note of notes) sayOnStderr(note);
  const text = isDryRun
    ? sources.map((source) => `-- migrations/${source.file}\n${source.text}`).join('\n')
    : [
        ...differences,
        ...sources.map(({ file }) => `Wrote migrations/${file}`),
        'Read it, then: npm run build && psctl migrate',
      ].join('\n');
  return { text, json };
}
