import { type Manifest } from './manifest.js';
import { type Migration } from './migration.types.js';

export interface BuildProblem {
  kind: 'history' | 'checksum';
  message: string;
}

type Described = Pick<Migration, 'name' | 'timestamp' | 'file' | 'sha256' | 'compat'>;

/** What is wrong with the migrations of a build, whatever database it meets. */
export function buildProblems(migrations: readonly Described[], manifest: Manifest): BuildProblem[] {
  return [
    ...migrations.flatMap(misnamed),
    ...twice(migrations, ({ name }) => name).map((name) => history(`Two migrations are named ${name}.`)),
    ...twice(migrations, ({ timestamp }) => String(timestamp)).map((timestamp) =>
      history(`Two migrations have the timestamp ${timestamp}, so nobody knows which one comes first.`),
    ),
    ...missingFiles(migrations, manifest),
    ...migrations.flatMap((migration) => unlocked(migration, manifest)),
  ];
}

function misnamed({ name, timestamp, file }: Described): BuildProblem[] {
  if (Number.isNaN(timestamp))
    return [history(`The name of ${name} must end with its timestamp, 13 digits of milliseconds.`)];
  if (file === null || className(file) === name) return [];
  return [history(`migrations/${file} exports ${name}; a class of that file is named ${className(file)}.`)];
}

/** `1795478400000-create-accounts` holds `CreateAccounts1795478400000`. */
export function className(file: string): string {
  const [timestamp = '', ...words] = file.split('-');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') + timestamp;
}

function twice(migrations: readonly Described[], keyOf: (migration: Described) => string): string[] {
  const keys = migrations.map(keyOf);
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
}

function missingFiles(migrations: readonly Described[], manifest: Manifest): BuildProblem[] {
  const names = new Set(migrations.map(({ name }) => name));
  return Object.keys(manifest)
    .filter((name) => !names.has(name))
    .map((name) =>
      history(
        `The manifest names ${name}, and no file in migrations/ exports it. Bring the file back, or build again.`,
      ),
    );
}

function unlocked({ name, compat }: Described, manifest: Manifest): BuildProblem[] {
  const entry = manifest[name];
  if (!entry)
    return [checksum(`${name} is not in the manifest. Run "psctl db lock" in the repository and build again.`)];
  if (entry.compat === compat) return [];
  return [checksum(`${name} says it is ${compat}, and the manifest says ${entry.compat}. Build the service again.`)];
}

function history(message: string): BuildProblem {
  return { kind: 'history', message };
}

function checksum(message: string): BuildProblem {
  return { kind: 'checksum', message };
}
