import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Command } from 'commander';
import {
  lockManifest,
  type Manifest,
  manifestOfSources,
  readManifest,
  rewrittenEntries,
} from '../database/migrator/manifest.js';
import { MigrationError } from '../database/migrator/migration-error.js';
import { addMigrationHelp } from './migration-options.js';
import { type Answer, printAnswer } from './output.js';

/** Of the repository, seen from the build. */
const SOURCES = fileURLToPath(new URL('../../../migrations/', import.meta.url));

interface Options {
  directory: string;
  check?: boolean;
  against?: string;
  force?: boolean;
  json?: boolean;
}

export function registerLock(db: Command): void {
  addMigrationHelp(
    db
      .command('lock')
      .description('Writes migrations/migrations.lock.json, the hashes of the sources; needs the repository.')
      .option('--directory <path>', 'where the sources are', SOURCES)
      .option('--check', 'write nothing, and fail when the file is not what the sources say')
      .option('--against <file>', 'an older lock file: fail when an entry of it was changed or is gone')
      .option('--force', 'also lock anew what was changed since it was locked; only while no database has applied it')
      .option('--json', 'print {"added": [names]}')
      .action((options: Options) => printAnswer(options, () => Promise.resolve(lock(options)))),
    'psctl db lock',
    'psctl db lock --check',
    'git show main:migrations/migrations.lock.json > /tmp/main.json && psctl db lock --check --against /tmp/main.json',
  );
}

function lock({ directory, check, against, force = false }: Options): Answer {
  if (against !== undefined) {
    const before = JSON.parse(readFileSync(against, 'utf8')) as Manifest;
    refuse(rewrittenEntries(before, manifestOfSources(directory)), `were changed or removed since ${against}`);
  }
  if (check) {
    const [present, wanted] = [readManifest(directory), manifestOfSources(directory)];
    refuse([...rewrittenEntries(present, wanted), ...rewrittenEntries(wanted, present)], 'are not locked as they are');
    return { text: 'The lock file is what the sources say.', json: { added: [] } };
  }
  const added = lockManifest(directory, force);
  return { text: added.length === 0 ? 'Nothing new to lock.' : `Locked ${added.join(', ')}.`, json: { added } };
}

function refuse(names: readonly string[], what: string): void {
  if (names.length === 0) return;
  const list = [...new Set(names)].join(', ');
  throw new MigrationError('checksum', `${list} ${what}. Undo that; for a new migration run "psctl db lock".`);
}
