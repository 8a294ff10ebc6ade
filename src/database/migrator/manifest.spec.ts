import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  lockManifest,
  MANIFEST_FILE,
  manifestOfSources,
  readManifest,
  rewrittenEntries,
  sourceHash,
} from './manifest.js';
import { loadBuild, MIGRATIONS_DIRECTORY } from './migration-files.js';

describe('migrations/migrations.lock.json', () => {
  it('is what the sources say; "psctl db lock" adds a new migration', () => {
    expect(readManifest(MIGRATIONS_DIRECTORY)).toEqual(manifestOfSources(MIGRATIONS_DIRECTORY));
  });

  it('describes the build, whose files, classes and timestamps belong together', async () => {
    const build = await loadBuild();
    const manifest = readManifest(MIGRATIONS_DIRECTORY);
    expect(build.map(({ name, sha256, compat }) => [name, { sha256, compat }])).toEqual(Object.entries(manifest));
  });
});

describe('the manifest', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ps-server-manifest-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const write = (place: number, body = ''): string => {
    const timestamp = 1_795_478_400_000 + place;
    const name = `MakeIt${timestamp}`;
    writeFileSync(join(directory, `${timestamp}-make-it.ts`), `export class ${name} {\n${body}}\n`);
    return name;
  };

  it('grows by new migrations, and knows what they mean', () => {
    const one = write(1);
    expect(lockManifest(directory, false)).toEqual([one]);
    const two = write(2, "  readonly compat = 'contract';\n");
    const three = write(3, "  static compat: Compat = 'breaking';\n");
    expect(lockManifest(directory, false)).toEqual([two, three]);
    expect(Object.values(readManifest(directory)).map(({ compat }) => compat)).toEqual([
      'expand',
      'contract',
      'breaking',
    ]);
    expect(lockManifest(directory, false)).toEqual([]);
  });

  it('refuses what was changed or removed since, unless it is forced to', () => {
    const one = write(1);
    const two = write(2);
    lockManifest(directory, false);
    const before = readManifest(directory);
    write(1, '  // another comment\n');
    expect(() => lockManifest(directory, false)).toThrow(
      `${one} was locked before and differs now`.replace('differs', 'differ'),
    );
    rmSync(join(directory, '1795478400002-make-it.ts'));
    expect(() => lockManifest(directory, false)).toThrow(`${one}, ${two} were locked before`);
    lockManifest(directory, true);
    expect(rewrittenEntries(before, readManifest(directory))).toEqual([one, two]);
  });

  it('says what to do when it is missing or broken', () => {
    expect(() => readManifest(directory)).toThrow(/cannot be read.*psctl db lock/);
    writeFileSync(join(directory, MANIFEST_FILE), '{"MakeIt": {"sha256": "short", "compat": "expand"}}');
    expect(() => readManifest(directory)).toThrow(/cannot be read/);
    expect(() => lockManifest(mkdtempSync(join(directory, 'empty-')), false)).toThrow(/no sources of migrations/);
  });
});

it('a source has the same hash whatever its line ends are', () => {
  expect(sourceHash('a\r\nb\r\n')).toBe(sourceHash('a\nb\n'));
  expect(sourceHash('a\nb')).not.toBe(sourceHash('a\nb\n'));
});
