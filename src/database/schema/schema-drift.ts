import { errorMessage } from '../../common/errors/domain-error.js';
import { type DatabaseUrl } from '../database-url.js';
import { readManifest } from '../migrator/manifest.js';
import { MIGRATIONS_DIRECTORY } from '../migrator/migration-files.js';
import { historyOf } from '../migrator/migrator.js';
import { compareWithDeclaration } from './compare.js';

/** What is known of the difference between a database and what this release declares. */
export type SchemaDrift =
  | { state: 'none' }
  | { state: 'found'; differences: string[] }
  /** Nobody can tell, and why. */
  | { state: 'unknown'; reason: string };

const SHOWN = 20;

/**
 * Compares the database with schema.sql of this build, by what it declares unless a test says otherwise. Never throws:
 * nothing depends on it, and a database that is behind or ahead of the build is told about elsewhere.
 */
export async function findSchemaDrift(url: DatabaseUrl, declaration?: string): Promise<SchemaDrift> {
  try {
    if (!(await isOfThisBuild(url))) {
      return { state: 'unknown', reason: 'the database has other migrations applied than this build has' };
    }
    const differences = await compareWithDeclaration(url, declaration);
    return differences.length === 0 ? { state: 'none' } : { state: 'found', differences };
  } catch (error) {
    return { state: 'unknown', reason: errorMessage(error) };
  }
}

/** A warning for whoever reads the log. `isDevelopment`: they can write a migration. */
export function driftWarning(differences: readonly string[], isDevelopment: boolean): string {
  const more = differences.length - SHOWN;
  const list = [
    ...differences.slice(0, SHOWN).map((one) => `  ${one}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
  const advice = isDevelopment
    ? 'If migrations/schema.sql is right, write the migration: psctl db make --name <what-it-does>.'
    : 'Migrations are applied, so somebody changed it by hand. Undo that, or write a migration in the repository.';
  return `The database is not what migrations/schema.sql declares. To make it so:\n${list}\n${advice}`;
}

async function isOfThisBuild(url: DatabaseUrl): Promise<boolean> {
  const built = Object.keys(readManifest(MIGRATIONS_DIRECTORY)).sort();
  const applied = (await historyOf(url)).applied.map(({ name }) => name).sort();
  return built.join() === applied.join();
}
