import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DatabaseUrl } from '../database-url.js';
import { lockManifest, manifestOfSources } from '../migrator/manifest.js';
import { MigrationError } from '../migrator/migration-error.js';
import { Answering, type AskPerson } from './answers.js';
import { decide } from './decide.js';
import { readBothCatalogs, readDeclaration } from './declared-schema.js';
import { describeDifference } from './describe-difference.js';
import { type Difference } from './difference.types.js';
import { type MigrationSource, migrationSources } from './migration-source.js';
import { planMigrations } from './plan-migrations.js';
import { type Answers } from './question.types.js';

export interface MakeOptions {
  /** Words with dashes: `add-phone-numbers`. */
  name: string;
  /** Where the sources of migrations and schema.sql are. */
  directory: string;
  /** By id of question. */
  given: ReadonlyMap<string, string>;
  person: AskPerson;
  isDryRun: boolean;
  now: Date;
}

export interface Made {
  /** In sentences. */
  differences: string[];
  sources: MigrationSource[];
  /** What is left to do for whoever asked. */
  notes: string[];
}

/**
 * Writes the migrations that make the database what schema.sql declares, and locks them. The database must have every
 * migration of the directory applied. Throws {@link MigrationError} when a person must decide, and an AnswerError.
 */
export async function makeMigrations(url: DatabaseUrl, options: MakeOptions): Promise<Made> {
  const { name, directory } = options;
  const answering = new Answering(options.given, options.person);
  const catalogs = await readBothCatalogs(url, readDeclaration(directory));
  const { differences, answers } = await decide(catalogs, answering.ask);
  answering.assertAllUsed();
  refuseOthers(differences);
  const planned = planMigrations(name, differences, answers);
  const sources = migrationSources(planned, newestTimestamp(directory), options.now.getTime());
  if (!options.isDryRun && sources.length > 0) write(directory, sources);
  return { differences: differences.map(describeDifference), sources, notes: notesOf(differences, answers) };
}

/** Throws {@link MigrationError} where there are no sources, as in an image. */
export function assertSources(directory: string): void {
  const isThere = existsSync(directory) && readdirSync(directory).some((file) => /^\d{13}-.*(?<!\.d)\.ts$/.test(file));
  if (isThere) return;
  throw new MigrationError(
    'failed',
    `There are no sources of migrations in ${directory}: a schema changes by a migration that was reviewed and is in the ` +
      'image. Run "psctl db make" in the repository.',
  );
}

/** Names of migrations in the directory that a build lacks; it must be built again before anything is compared. */
export function unbuilt(directory: string, built: ReadonlySet<string>): string[] {
  return Object.keys(manifestOfSources(directory)).filter((name) => !built.has(name));
}

function newestTimestamp(directory: string): number {
  const times = Object.keys(manifestOfSources(directory)).map((name) => Number(name.slice(-13)));
  return Math.max(0, ...times);
}

function write(directory: string, sources: readonly MigrationSource[]): void {
  // One that exists is somebody's work.
  for (const { file, text } of sources) writeFileSync(join(directory, file), text, { flag: 'wx' });
  lockManifest(directory, false);
}

function refuseOthers(differences: readonly Difference[]): void {
  const others = differences.filter(({ kind }) => kind === 'other');
  if (others.length === 0) return;
  throw new MigrationError(
    'needsHuman',
    `${others.map(describeDifference).join('. ')}. Nothing was written: psctl db make knows tables, columns, constraints, ` +
      'indexes, enum types, sequences, functions, triggers, extensions and comments. Write that part by hand and run it first.',
  );
}

function notesOf(differences: readonly Difference[], answers: Answers): string[] {
  return differences.flatMap((difference) => {
    if (difference.kind !== 'add column') return [];
    const name = `${difference.table}.${difference.column.name}`;
    return answers.get(`not-null ${name}`)?.choice === 'nullable'
      ? [`Take NOT NULL of ${name} out of schema.sql: the migration adds it without.`]
      : [];
  });
}
