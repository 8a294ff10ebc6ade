import { MigrationError } from '../../../src/database/migrator/migration-error.js';
import { applicationName, MigrationLock } from '../../../src/database/migrator/migration-lock.js';
import { DEFAULT_PACE } from '../../../src/database/migrator/migration-pace.js';
import { loadBuild } from '../../../src/database/migrator/migration-files.js';
import { checkMigrations, historyOf, migrate, planMigrations } from '../../../src/database/migrator/migrator.js';
import { eventually } from '../../support/eventually.js';
import { ask, hurried, madeMigration, withClient } from '../../support/migrations.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const LOCK = 'SELECT pg_advisory_lock(28787, 1)';

describe('migrate', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase('empty');
  });
  afterEach(() => database.drop());

  const tables = async (): Promise<string[]> =>
    (
      await ask<{ name: string }>(
        database.url,
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
      )
    ).map(({ name }) => name);

  it('applies everything once, however many start together on an empty database', async () => {
    const build = await loadBuild();
    const starts = Array.from({ length: 5 }, () => migrate(database.url, hurried(build)));
    const applied = (await Promise.all(starts)).filter((names) => names.length > 0);
    expect(applied).toEqual([build.map(({ name }) => name)]);
    const { applied: rows, audit } = await historyOf(database.url);
    expect(rows.map(({ name }) => name)).toEqual(build.map(({ name }) => name));
    expect(audit).toHaveLength(build.length);
    for (const row of audit) {
      expect(row).toMatchObject({ finishedAt: expect.any(Date) as Date, isTransactional: true });
      expect(row.durationMs).toBeGreaterThan(0);
      expect(row.sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('lets the others wait for one that is slow, and tells them for whom', async () => {
    const first = madeMigration(1, 'CREATE TABLE numbers (n integer)');
    await migrate(database.url, hurried([first]));
    const build = [first, madeMigration(2, 'SELECT pg_sleep(0.5); INSERT INTO numbers VALUES (1)')];
    const said: string[] = [];
    const starts = Array.from({ length: 5 }, () => migrate(database.url, hurried(build, said)));
    const applied = (await Promise.all(starts)).flat();
    expect(applied).toEqual([build[1]?.name]);
    expect(await ask(database.url, 'SELECT n FROM numbers')).toHaveLength(1);
    expect(said.some((line) => /"ps-migrate \S+ \S+", pid \d+ since 2/.test(line))).toBe(true);
    expect(said.some((line) => line.startsWith(`Applying ${build[1]?.name}: `))).toBe(true);
  });

  it('gives up with exit code 4 when the lock is held for too long, and names the holder', async () => {
    await withClient(database.url, async (holder) => {
      await holder.query(`SET application_name = 'somebody else'; ${LOCK}`);
      const waiting = migrate(database.url, { ...hurried([madeMigration(1, 'SELECT 1')]), lockTimeoutSeconds: 0.1 });
      await expect(waiting).rejects.toMatchObject({
        exitCode: 4,
        message: expect.stringContaining('"somebody else", pid ') as string,
      });
    });
  });

  it('is a session that Postgres ends within a minute when its host is gone, and that nothing else ends', async () => {
    const { pace } = hurried([]);
    const lock = await MigrationLock.acquire(database.url, {
      applicationName: applicationName('1.2.3', 'task-7'),
      timeoutSeconds: 1,
      pace: { ...DEFAULT_PACE, ...pace },
      onProgress: () => undefined,
    });
    const sql = `SELECT name, setting FROM pg_settings WHERE name = ANY ($1) ORDER BY name`;
    const wanted = {
      application_name: 'ps-migrate 1.2.3 task-7',
      idle_session_timeout: '0',
      statement_timeout: '0',
      tcp_keepalives_count: '3',
      tcp_keepalives_idle: '30',
      tcp_keepalives_interval: '10',
    };
    const rows = await lock.query<{ name: string; setting: string }>(sql, [Object.keys(wanted)]);
    await lock.release();
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual(wanted);
  });

  it('does not wait when there is nothing to do', async () => {
    const build = [madeMigration(1, 'SELECT 1')];
    await migrate(database.url, hurried(build));
    await withClient(database.url, async (holder) => {
      await holder.query(LOCK);
      expect(await migrate(database.url, { ...hurried(build), lockTimeoutSeconds: 0.1 })).toEqual([]);
    });
  });

  it('stops waiting when it is asked to', async () => {
    const stop = new AbortController();
    await withClient(database.url, async (holder) => {
      await holder.query(LOCK);
      const said: string[] = [];
      const waiting = migrate(database.url, { ...hurried([madeMigration(1, 'SELECT 1')], said), signal: stop.signal });
      const refused = expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
      await eventually('the wait', () => said.length > 0);
      stop.abort();
      await refused;
    });
  });

  it('finishes the migration it is at when it is asked to stop, and begins no other', async () => {
    const stop = new AbortController();
    const build = [
      madeMigration(1, async (runner) => {
        stop.abort();
        await runner.query('CREATE TABLE whole (id integer)');
      }),
      madeMigration(2, 'CREATE TABLE never (id integer)'),
    ];
    await expect(migrate(database.url, { ...hurried(build), signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect((await historyOf(database.url)).applied.map(({ name }) => name)).toEqual([build[0]?.name]);
    expect(await tables()).toContain('whole');
    expect(await migrate(database.url, hurried(build))).toEqual([build[1]?.name]);
  });

  it('leaves nothing behind of a transaction that fails halfway, and goes on from there once it is mended', async () => {
    const good = madeMigration(1, 'CREATE TABLE good (id integer)');
    const broken = madeMigration(2, 'CREATE TABLE half (id integer); SELECT no_such_function()');
    const failed = migrate(database.url, hurried([good, broken]));
    await expect(failed).rejects.toMatchObject({ exitCode: 1 });
    await expect(failed).rejects.toThrow(/Step2X.* failed, and nothing of it is left: .*no_such_function/);
    expect(await tables()).toEqual(['good', 'migration_audit', 'schema_migrations']);
    expect((await historyOf(database.url)).audit.map(({ name }) => name)).toEqual([good.name]);
    const mended = madeMigration(2, 'CREATE TABLE half (id integer)');
    expect(await migrate(database.url, hurried([good, mended]))).toEqual([mended.name]);
  });

  it('tries again when a table is locked, and says so', async () => {
    const first = madeMigration(1, 'CREATE TABLE busy (id integer)');
    await migrate(database.url, hurried([first]));
    const said: string[] = [];
    await withClient(database.url, async (user) => {
      await user.query('BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE');
      const migrating = migrate(
        database.url,
        hurried([first, madeMigration(2, 'ALTER TABLE busy ADD COLUMN n integer')], said),
      );
      await eventually('a second try', () => said.some((line) => line.includes('try 2 of 6')));
      await user.query('COMMIT');
      expect(await migrating).toHaveLength(1);
    });
    expect(said.some((line) => /waiting for pid \d+/.test(line))).toBe(true);
  });

  it('gives up after five more tries, and leaves nothing behind', async () => {
    const first = madeMigration(1, 'CREATE TABLE busy (id integer)');
    await migrate(database.url, hurried([first]));
    const said: string[] = [];
    await withClient(database.url, async (user) => {
      await user.query('BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE');
      const build = [first, madeMigration(2, 'ALTER TABLE busy ADD COLUMN n integer')];
      await expect(migrate(database.url, hurried(build, said))).rejects.toThrow(/lock timeout/);
    });
    expect(said.filter((line) => line.includes('did not get a lock'))).toHaveLength(5);
    expect((await historyOf(database.url)).audit).toHaveLength(1);
  });

  it('ends a statement that takes longer than its migration allows', async () => {
    const slow = madeMigration(1, 'SELECT pg_sleep(20)', { statementTimeoutSeconds: 0.05 });
    await expect(migrate(database.url, hurried([slow]))).rejects.toThrow(/statement timeout/);
  });

  it('builds an index concurrently while others wait for the lock', async () => {
    const table = madeMigration(1, 'CREATE TABLE large AS SELECT n FROM generate_series(1, 1000) AS n');
    await migrate(database.url, hurried([table]));
    const index = madeMigration(2, 'CREATE INDEX CONCURRENTLY ix_large ON large (n)', { transaction: false });
    const starts = Array.from({ length: 3 }, () => migrate(database.url, hurried([table, index])));
    expect((await Promise.all(starts)).flat()).toEqual([index.name]);
    const [found] = await ask(
      database.url,
      "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'ix_large'::regclass",
    );
    expect(found).toEqual({ valid: true });
  });

  it('commits nothing once it has lost the lock', async () => {
    const END_HOLDER = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1";
    const build = [
      madeMigration(1, async (runner) => {
        await runner.query('CREATE TABLE unsure (id integer)');
        await ask(database.url, END_HOLDER);
      }),
    ];
    await expect(migrate(database.url, hurried(build))).rejects.toThrow(/no longer holds the migration lock/);
    expect(await tables()).not.toContain('unsure');
    const said: string[] = [];
    expect(await migrate(database.url, hurried([madeMigration(1, 'SELECT 1')], said))).toHaveLength(1);
    expect(said.join()).toMatch(
      /Step1X\d+, begun .* was broken off and rolled back by Postgres: nothing of it is left/,
    );
  });

  it('goes on with what the runner before this one has applied, and records it', async () => {
    const build = [
      madeMigration(1, 'CREATE TABLE one (id integer)'),
      madeMigration(2, 'CREATE TABLE two (id integer)'),
    ];
    await migrate(database.url, hurried(build));
    await ask(database.url, 'DROP TABLE migration_audit');
    expect(await migrate(database.url, hurried(build))).toEqual([]);
    expect((await historyOf(database.url)).audit.map(({ name, output }) => [name, output])).toEqual(
      build.map(({ name }) => [name, 'applied before this was recorded']),
    );
  });

  it('keeps what Postgres said while it ran', async () => {
    const talkative = madeMigration(1, `DO $$ BEGIN RAISE NOTICE '3 rows had no owner'; END $$`);
    await migrate(database.url, hurried([talkative]));
    expect((await historyOf(database.url)).audit[0]?.output).toBe('3 rows had no owner');
  });

  it('plans and checks without changing anything', async () => {
    const build = [madeMigration(1, 'SELECT 1'), madeMigration(2, 'SELECT 1')];
    expect(await planMigrations(database.url, hurried(build))).toEqual(build);
    await expect(checkMigrations(database.url, hurried(build))).rejects.toMatchObject({ exitCode: 3 });
    expect(await tables()).toEqual([]);
    expect(await migrate(database.url, { ...hurried(build), to: build[0]?.name })).toEqual([build[0]?.name]);
    await expect(checkMigrations(database.url, hurried(build))).rejects.toThrow(/Step2X\d+ is pending/);
    await migrate(database.url, hurried(build));
    await expect(checkMigrations(database.url, hurried(build))).resolves.toBeUndefined();
  });

  it('refuses the database of the system being replaced', async () => {
    await ask(database.url, 'CREATE TABLE django_migrations (id integer)');
    const refused = migrate(database.url, hurried([madeMigration(1, 'SELECT 1')]));
    await expect(refused).rejects.toThrow(MigrationError);
    await expect(refused).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('import-legacy') as string,
    });
    expect(await tables()).toEqual(['django_migrations']);
  });
});
