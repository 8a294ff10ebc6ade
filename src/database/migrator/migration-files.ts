import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { MigrationError } from './migration-error.js';
import { type Migration, type MigrationClass, type MigrationTraits } from './migration.types.js';
import { buildProblems } from './build-rules.js';
import { type Manifest, readManifest } from './manifest.js';

/** `migrations/` lies beside `src/`, in the sources as in the build. */
export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../../../migrations/', import.meta.url));
const FILE_NAME = /^\d{13}-[a-z0-9-]+\.(js|ts)$/;
const STATEMENT_TIMEOUT_SECONDS = 600;

/**
 * Every migration of this build, oldest first, as its manifest describes it. Throws {@link MigrationError} when files,
 * classes and manifest do not belong together.
 */
export async function loadBuild(directory: string = MIGRATIONS_DIRECTORY): Promise<Migration[]> {
  const manifest = readManifest(directory);
  const files = readdirSync(directory)
    .filter((file) => FILE_NAME.test(file))
    .sort();
  const migrations = await Promise.all(
    files.map(async (file) => describeMigration(await importClass(directory, file), file, manifest)),
  );
  const [problem] = buildProblems(migrations, manifest);
  if (problem) throw new MigrationError(problem.kind, problem.message);
  return migrations;
}

/** The classes of {@link loadBuild}. */
export async function loadMigrations(directory: string = MIGRATIONS_DIRECTORY): Promise<MigrationClass[]> {
  return (await loadBuild(directory)).map(({ create }) => create().constructor as MigrationClass);
}

/** A file must export exactly one class. */
async function importClass(directory: string, file: string): Promise<MigrationClass> {
  const exported = Object.values((await import(pathToFileURL(join(directory, file)).href)) as Record<string, unknown>);
  const [migration] = exported;
  if (exported.length !== 1 || typeof migration !== 'function') {
    throw new MigrationError('history', `migrations/${file} must export exactly one migration class.`);
  }
  return migration as MigrationClass;
}

/** A class as the runner sees it; without a file and a manifest for one that is made in a test. */
export function describeMigration(
  migrationClass: MigrationClass,
  file: string | null = null,
  manifest: Manifest = {},
): Migration {
  const { name } = migrationClass;
  const ofClass = migrationClass as MigrationTraits;
  const ofInstance = new migrationClass() as MigrationTraits;
  return {
    name,
    timestamp: Number(/\d{13}$/.exec(name)?.[0] ?? Number.NaN),
    file: file === null ? null : file.replace(/\.(js|ts)$/, ''),
    sha256: manifest[name]?.sha256 ?? null,
    compat: ofInstance.compat ?? ofClass.compat ?? 'expand',
    isTransactional: ofInstance.transaction ?? ofClass.transaction ?? true,
    statementTimeoutSeconds:
      ofInstance.statementTimeoutSeconds ?? ofClass.statementTimeoutSeconds ?? STATEMENT_TIMEOUT_SECONDS,
    create: () => new migrationClass(),
  };
}
