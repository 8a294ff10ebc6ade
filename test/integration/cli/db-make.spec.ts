import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { BuildCopy } from '../../support/build-copy.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const FIRST = { words: 'create-notes', timestamp: 1_795_478_400_000, name: 'CreateNotes1795478400000' };
const NOTES = 'CREATE TABLE notes (id integer, body text);';
const WITH_AUTHOR = NOTES.replace('text', 'text, author text NOT NULL');

let database: TestDatabase;
let build: BuildCopy;
let directory: string;

beforeEach(async () => {
  database = await createTestDatabase('empty');
  build = new BuildCopy();
  directory = mkdtempSync(join(tmpdir(), 'ps-server-sources-'));
  build.add({ words: FIRST.words, timestamp: FIRST.timestamp, up: `await runner.query('${NOTES}')` });
  writeFileSync(join(directory, `${FIRST.timestamp}-${FIRST.words}.ts`), `export class ${FIRST.name} {}\n`);
  writeFileSync(join(directory, 'migrations.lock.json'), '{}');
  declare(NOTES);
  expect((await psctl('migrate')).exitCode).toBe(0);
}, 60_000);
afterEach(async () => {
  await build.close();
  await database.drop();
  rmSync(directory, { recursive: true });
});

function declare(sql: string): void {
  writeFileSync(join(directory, 'schema.sql'), sql);
}

function answers(text: string): string {
  const path = join(directory, 'answers.yml');
  writeFileSync(path, text);
  return path;
}

const made = (): string[] => readdirSync(directory).filter((file) => file.endsWith('.ts') && !file.includes('notes'));

async function psctl(...command: string[]) {
  return psctlWith({}, ...command);
}

async function psctlWith(environment: NodeJS.ProcessEnv, ...command: string[]) {
  const running = build.psctl(command, { PS_DATABASE_URL: database.url.value, ...environment });
  const exitCode = await running.exitCode();
  return { exitCode, stdout: running.stdout, stderr: running.stderr };
}

const make = (...options: string[]) => psctl('db', 'make', '--directory', directory, ...options);

describe('psctl db make', () => {
  it('has nothing to do where the database is as declared, with and without --check', async () => {
    expect(await make('--check')).toMatchObject({ exitCode: 0, stderr: '' });
    const nothing = await make('--name', 'do-nothing', '--json');
    expect(nothing.exitCode).toBe(0);
    expect(JSON.parse(nothing.stdout)).toEqual({ differences: [], files: [], notes: [] });
    expect(made()).toEqual([]);
  });

  it('writes a migration, locks it, and the next build applies it', async () => {
    declare(NOTES.replace('text', 'text, author text'));
    const { exitCode, stdout } = await make('--name', 'add-author');
    expect(stdout).toContain('Adds the column notes.author');
    expect(exitCode).toBe(0);
    const [file = ''] = made();
    expect(file).toMatch(/^\d{13}-add-author\.ts$/);
    const name = `AddAuthor${file.slice(0, 13)}`;
    const lock = JSON.parse(readFileSync(join(directory, 'migrations.lock.json'), 'utf8')) as Record<string, unknown>;
    expect(Object.keys(lock)).toEqual([FIRST.name, name]);

    const unbuilt = await make('--check');
    expect(unbuilt).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('npm run build') as string });

    build.add({ words: 'add-author', timestamp: Number(file.slice(0, 13)), up: '' });
    const { outputText } = ts.transpileModule(readFileSync(join(directory, file), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    writeFileSync(join(build.path, 'dist', 'migrations', file.replace('.ts', '.js')), outputText);
    expect(await make('--check')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('pending') as string });
    expect((await psctl('migrate')).exitCode).toBe(0);
    expect(await make('--check')).toMatchObject({ exitCode: 0 });
    expect((await psctl('db', 'revert', '--yes')).exitCode).toBe(0);
  }, 60_000);

  it('--check ends with 1 and says what differs, and --dry-run prints what would be written; neither writes', async () => {
    declare(`${NOTES} CREATE INDEX ix_notes ON notes (id);`);
    const check = await make('--check');
    expect(check).toMatchObject({ exitCode: 1, stdout: '' });
    expect(check.stderr).toContain('Adds the index ix_notes of notes');
    const dry = await make('--name', 'index-notes', '--dry-run');
    expect(dry.exitCode).toBe(0);
    expect(dry.stdout).toContain('readonly transaction = false;');
    expect(dry.stdout).toContain('CREATE INDEX CONCURRENTLY ix_notes ON notes');
    expect(made()).toEqual([]);
  });

  it('asks nobody where it may not: exit code 3 with the questions, also without a terminal, and writes nothing', async () => {
    declare(WITH_AUTHOR);
    for (const options of [['--no-input'], []]) {
      const { exitCode, stderr } = await make('--name', 'add-author', ...options);
      expect(exitCode).toBe(3);
      expect(stderr).toContain('not-null notes.author');
      expect(stderr).toContain('default: <an SQL expression>: rows that are there get this value, once');
    }
    expect(made()).toEqual([]);
  });

  it('takes answers of a file', async () => {
    declare(WITH_AUTHOR);
    const file = answers('not-null notes.author: "default: \'nobody\'"');
    expect(await make('--name', 'add-author', '--no-input', '--answers', file)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(directory, made()[0]!), 'utf8')).toContain("author text NOT NULL DEFAULT 'nobody';");
  });

  it.each([
    ['quit', 3, 'Nothing was written'],
    ['maybe', 2, 'It may be: default: <an SQL expression>; nullable; quit.'],
    ['default', 2, 'write default: <an SQL expression>'],
  ])('with the answer "%s" ends with %i', async (answer, exitCode, says) => {
    declare(WITH_AUTHOR);
    const result = await make('--name', 'add-author', '--answers', answers(`not-null notes.author: ${answer}`));
    expect(result).toMatchObject({ exitCode, stderr: expect.stringContaining(says) as string });
    expect(made()).toEqual([]);
  });

  it('refuses an answer to what nothing asks, which may be misspelt', async () => {
    const result = await make('--name', 'add-author', '--answers', answers('not-null notes.autor: nullable'));
    expect(result).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('"not-null notes.autor"') as string });
  });

  it('needs a name in small letters with dashes', async () => {
    expect(await make()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--name') as string });
    expect(await make('--name', 'Add Author')).toMatchObject({ exitCode: 2 });
  });

  it('leaves to a person what it does not know', async () => {
    declare(`${NOTES} CREATE VIEW short AS SELECT id FROM notes;`);
    const result = await make('--name', 'add-view');
    expect(result).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('the view short') as string });
    expect((await make('--check')).stderr).toContain('the view short');
  });

  it('is not there in production, nor without sources', async () => {
    const secrets = {
      PS_ENVIRONMENT: 'production',
      PS_JWT_SECRET: 'a-secret-for-this-test-only',
      PS_STATE_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
      PS_MAIL_TRANSPORT: 'file',
      PS_PUBLIC_URL: 'https://ps.example.org',
    };
    const production = await psctlWith(secrets, 'db', 'make', '--directory', directory, '--name', 'x');
    expect(production).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is production') as string });
    const image = await psctl('db', 'make', '--name', 'x');
    expect(image).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no sources of migrations') as string });
  });
});
