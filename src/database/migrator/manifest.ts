import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MigrationError } from './migration-error.js';
import { COMPATS } from './migration.types.js';

export const MANIFEST_FILE = 'migrations.lock.json';

const entrySchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  compat: z.enum(COMPATS),
});
const manifestSchema = z.record(z.string(), entrySchema);

/** By name of the class: the hash of the source, and what the migration means for other releases. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Hexadecimal SHA-256 of a source text, the same whatever line ends a checkout has. */
export function sourceHash(source: string): string {
  return createHash('sha256').update(source.replaceAll('\r\n', '\n')).digest('hex');
}

/** The manifest of a directory with migrations. Throws {@link MigrationError} when it is missing or unreadable. */
export function readManifest(directory: string): Manifest {
  const path = join(directory, MANIFEST_FILE);
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new MigrationError(
      'checksum',
      `${path} cannot be read, so nobody knows whether migrations were changed. Build the service again; ` +
        'in the repository "psctl db lock" writes the file.',
      { cause: error },
    );
  }
}

/** What the manifest of a directory with sources should be. */
export function manifestOfSources(directory: string): Manifest {
  const sources = readdirSync(directory).filter((file) => /^\d{13}-[a-z0-9-]+\.ts$/.test(file));
  return Object.fromEntries(
    sources.sort().map((file) => {
      const source = readFileSync(join(directory, file), 'utf8');
      const name = /export class (\w+)/.exec(source)?.[1];
      if (name === undefined) throw new MigrationError('history', `migrations/${file} exports no class.`);
      return [name, { sha256: sourceHash(source), compat: compatOfSource(source) }];
    }),
  );
}

function compatOfSource(source: string): Manifest[string]['compat'] {
  const said = /^ {2}(?:static )?(?:readonly )?compat(?:: \w+)? = '(\w+)'/m.exec(source)?.[1];
  return z.enum(COMPATS).parse(said ?? 'expand');
}

/** Entries of `before` that `after` lacks or has otherwise: a manifest may only grow. */
export function rewrittenEntries(before: Manifest, after: Manifest): string[] {
  return Object.keys(before).filter((name) => {
    const [old, present] = [before[name], after[name]];
    return old?.sha256 !== present?.sha256 || old?.compat !== present?.compat;
  });
}

/** Names that were added. Throws {@link MigrationError} when an entry would change or vanish, unless forced. */
export function lockManifest(directory: string, isForced: boolean): string[] {
  const wanted = manifestOfSources(directory);
  if (Object.keys(wanted).length === 0) {
    throw new MigrationError('failed', `There are no sources of migrations in ${directory}. Run it in the repository.`);
  }
  const present = existsSync(join(directory, MANIFEST_FILE)) ? readManifest(directory) : {};
  const rewritten = rewrittenEntries(present, wanted);
  if (rewritten.length > 0 && !isForced) {
    throw new MigrationError(
      'checksum',
      `${rewritten.join(', ')} ${rewritten.length === 1 ? 'was' : 'were'} locked before and differ now. Databases may ` +
        'have applied what was locked: undo the change and write another migration. If none has, use --force.',
    );
  }
  writeFileSync(join(directory, MANIFEST_FILE), `${JSON.stringify(wanted, null, 2)}\n`);
  return Object.keys(wanted).filter((name) => !(name in present));
}
