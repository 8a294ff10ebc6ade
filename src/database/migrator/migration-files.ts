import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { type MigrationInterface } from 'typeorm';

export type MigrationClass = new () => MigrationInterface;

/** `migrations/` lies beside `src/`, in the sources as in the build. */
const DIRECTORY = fileURLToPath(new URL('../../../migrations/', import.meta.url));
const FILE_NAME = /^\d{13}-[a-z0-9-]+\.(js|ts)$/;

/** Every migration of this build, oldest first. A file must export exactly one class. */
export async function loadMigrations(directory: string = DIRECTORY): Promise<MigrationClass[]> {
  const files = readdirSync(directory)
    .filter((file) => FILE_NAME.test(file))
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const exported = Object.values(
        (await import(pathToFileURL(join(directory, file)).href)) as Record<string, unknown>,
      );
      const [migration] = exported;
      if (exported.length !== 1 || typeof migration !== 'function') {
        throw new Error(`migrations/${file} must export exactly one migration class`);
      }
      return migration as MigrationClass;
    }),
  );
}
