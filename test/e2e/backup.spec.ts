import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { jest } from '@jest/globals';
import pg from 'pg';
import { DatabaseUrl } from '../../src/database/database-url.js';
import { describeWithPostgresTools, SystemPostgres } from '../support/postgres-tools.js';
import { createTestDatabase } from '../support/test-database.js';
import { type Outcome, outcomeOf } from './support/process-outcome.js';

jest.setTimeout(120_000);

const SECRETS = {
  PS_JWT_SECRET: 'a-secret-for-this-test-only',
  PS_STATE_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
};

describeWithPostgresTools('the restore drill of docs/operations.md', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ps-backup-'));
  const file = join(directory, 'ps.dump');
  let postgres: SystemPostgres;
  beforeAll(async () => {
    postgres = await SystemPostgres.start();
    for (const name of ['original', 'restored']) await query(postgres.url, `CREATE DATABASE ${name}`);
  });
  afterAll(() => {
    postgres.stop();
    rmSync(directory, { recursive: true });
  });

  const on = (database: string, path = postgres.toolPath) => {
    const variables = { ...SECRETS, PATH: path, PS_DATABASE_URL: postgres.url.withDatabase(database).value };
    return (command: string[], input?: string): Promise<Outcome> => outcomeOf('psctl', variables, command, input);
  };
  const password = 'a long enough pass phrase';
  const account = ['--username', 'root', '--email', 'root@example.org', '--password-stdin'];

  it('brings everything back: dump, restore into an empty database, nothing left to migrate', async () => {
    const original = on('original');
    expect(await original(['init', ...account], `${password}\n`)).toMatchObject({ exitCode: 0 });
    const dumped = await original(['db', 'dump', file, '--json']);
    expect(dumped).toMatchObject({ exitCode: 0 });
    const { sha256 } = JSON.parse(dumped.stdout) as { sha256: string };
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(sha256);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const restored = on('restored');
    expect(await restored(['db', 'restore', file])).toMatchObject({ exitCode: 0 });
    const contents = (name: string) =>
      query(postgres.url.withDatabase(name), 'SELECT username, password_hash, created_at FROM users ORDER BY id');
    expect(await contents('restored')).toEqual(await contents('original'));
    expect(await contents('restored')).toHaveLength(1);
    expect(JSON.parse((await restored(['migrate', '--json'])).stdout)).toMatchObject({ applied: [] });
    expect(JSON.parse((await restored(['init', '--json'])).stdout)).toMatchObject({
      superuser: 'root',
      isCreated: false,
    });
  });

  it('never overwrites: neither a file nor a database that has something in it', async () => {
    const before = readFileSync(file);
    const again = await on('original')(['db', 'dump', file]);
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('exists already') as string });
    expect(readFileSync(file)).toEqual(before);
    const filled = await on('original')(['db', 'restore', file]);
    expect(filled).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('needs an empty one') as string });
    expect(filled.stderr).not.toContain('unchecked');
  });

  it('leaves nothing of a dump that cannot be made, or be read', async () => {
    const missing = await on('original', '/nowhere')(['db', 'dump', join(directory, 'other.dump')]);
    expect(missing).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('pg_dump is not on the PATH') as string,
    });
    expect(existsSync(join(directory, 'other.dump.partial'))).toBe(false);
    await query(postgres.url, 'CREATE DATABASE broken');
    const odd = await on('broken')(['db', 'restore', join(import.meta.dirname, 'backup.spec.ts')]);
    expect(odd).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('pg_restore failed') as string });
    expect(
      await query(postgres.url.withDatabase('broken'), "SELECT 1 FROM pg_tables WHERE schemaname = 'public'"),
    ).toEqual([]);
  });

  it('says so when the programs are older than the server', async () => {
    const major = async (url: DatabaseUrl): Promise<number> =>
      Math.floor(Number((await query(url, 'SHOW server_version_num'))[0]?.server_version_num) / 10_000);
    const embedded = await createTestDatabase();
    const variables = { ...SECRETS, PATH: postgres.toolPath, PS_DATABASE_URL: embedded.url.value };
    const outcome = await outcomeOf('psctl', variables, ['db', 'dump', join(directory, 'newer.dump')]);
    await embedded.drop();
    const isOlder =
      (await major(postgres.url)) < (await major(new DatabaseUrl(process.env.PS_TEST_POSTGRES_URL ?? '')));
    expect(outcome.exitCode).toBe(isOlder ? 1 : 0);
    if (isOlder) expect(outcome.stderr).toContain('and the server is Postgres');
  });
});

async function query(url: DatabaseUrl, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url.value });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
