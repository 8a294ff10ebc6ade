import { jest } from '@jest/globals';
import { historyOf } from '../../../src/database/migrator/migrator.js';
import { BuildCopy, type PsctlProcess } from '../../support/build-copy.js';
import { eventually } from '../../support/eventually.js';
import { ask, withClient } from '../../support/migrations.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

// Many processes, on a machine that may be busy with something else.
jest.setTimeout(180_000);

const AT = 1_795_478_400_000;
const CREATE = { words: 'create-table', timestamp: AT, up: "await runner.query('CREATE TABLE t (id integer)')" };
const SLEEP = {
  words: 'slow-one',
  timestamp: AT + 1,
  up: "await runner.query('CREATE TABLE half (id integer)'); await runner.query('SELECT pg_sleep(2)')",
};
const ENDLESS = { ...SLEEP, up: SLEEP.up.replace('pg_sleep(2)', 'pg_sleep(600)') };
const LAST = { words: 'last-one', timestamp: AT + 2, up: "await runner.query('CREATE TABLE last (id integer)')" };
const SLEEPING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%'";
const PRODUCTION = {
  PS_ENVIRONMENT: 'production',
  PS_JWT_SECRET: 'a-secret-for-this-test-only',
  PS_STATE_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
  PS_MAIL_TRANSPORT: 'file',
  PS_PUBLIC_URL: 'https://ps.example.org',
};

describe('psctl migrate as a process', () => {
  let database: TestDatabase;
  let build: BuildCopy;
  beforeEach(async () => {
    database = await createTestDatabase('empty');
    build = new BuildCopy();
  });
  afterEach(async () => {
    await build.close();
    await database.drop();
  });

  const psctl = (command: string[], environment: NodeJS.ProcessEnv = {}): PsctlProcess =>
    build.psctl(command, { PS_DATABASE_URL: database.url.value, ...environment });
  const migrating = async (): Promise<PsctlProcess> => {
    const process = psctl(['migrate']);
    await eventually('the slow migration', () => ask(database.url, SLEEPING).then((rows) => rows.length > 0), 30_000);
    return process;
  };
  const applied = async (): Promise<string[]> => (await historyOf(database.url)).applied.map(({ name }) => name);

  it('that is killed in the middle frees the way within a second, and another one finishes', async () => {
    const [create, slow] = [CREATE, ENDLESS].map((migration) => build.add(migration));
    const killed = await migrating();
    build.add({ ...SLEEP, up: "await runner.query('CREATE TABLE half (id integer)')" });
    const other = psctl(['migrate', '--json']);
    await other.says('Another process is migrating the database');
    const killedAt = performance.now();
    await killed.end('SIGKILL');
    await other.says('ending what it left at work');
    expect(performance.now() - killedAt).toBeLessThan(2_000);
    expect(await other.exitCode()).toBe(0);
    expect(other.stderr).toMatch(new RegExp(`${slow}, begun .* was broken off and rolled back by Postgres`));
    expect(JSON.parse(other.stdout)).toEqual({ applied: [slow] });
    expect(await applied()).toEqual([create, slow]);
  });

  it('that is killed in the middle of one without a transaction leaves it to a person', async () => {
    const name = build.add({ ...ENDLESS, fields: 'transaction = false;' });
    await (await migrating()).end('SIGKILL');
    const refused = psctl(['migrate']);
    expect(await refused.exitCode()).toBe(7);
    expect(refused.stderr).toContain(`psctl db resolve ${name} --applied`);
    const shown = psctl(['db', 'show']);
    await shown.exitCode();
    expect(shown.stdout).toMatch(new RegExp(`^\\[!\\] +${name} +expand`, 'm'));
    await ask(database.url, 'DROP TABLE half');
    expect(await psctl(['db', 'resolve', name, '--rolled-back']).exitCode()).toBe(0);
    build.add({ ...SLEEP, up: '' });
    expect(await psctl(['migrate']).exitCode()).toBe(0);
  });

  it('ends with 143 when it is asked to stop while it waits', async () => {
    build.add(CREATE);
    await withClient(database.url, async (holder) => {
      await holder.query('SELECT pg_advisory_lock(28787, 1)');
      const waiting = psctl(['migrate']);
      await waiting.says('Another process is migrating');
      expect(await waiting.end('SIGTERM')).toBe(143);
    });
    expect(await applied()).toEqual([]);
  });

  it('finishes what it is at when it is asked to stop, begins no other, and ends with 143', async () => {
    const [slow] = [SLEEP, LAST].map((migration) => build.add(migration));
    const process = await migrating();
    expect(await process.end('SIGTERM')).toBe(143);
    expect(process.stderr).toContain(`Applied ${slow}`);
    expect(await applied()).toEqual([slow]);
    expect(await psctl(['migrate']).exitCode()).toBe(0);
    expect(await applied()).toHaveLength(2);
  });

  it('has an exit code for every reason', async () => {
    const create = build.add(CREATE);
    const codes: Record<string, number | null> = {};
    const run = async (what: string, command: string[], environment: NodeJS.ProcessEnv = {}): Promise<void> => {
      codes[what] = await psctl(command, environment).exitCode();
    };
    await run('pending, only checked', ['migrate', '--check']);
    await run('applied', ['migrate']);
    await run('nothing to do', ['migrate', '--check']);
    await run('wrong usage', ['migrate', '--fast']);
    build.add(CREATE, 'b');
    await run('changed', ['migrate']);
    await run('accepted', ['migrate', '--accept-checksum', create]);
    build.add({ ...LAST, compat: 'breaking' });
    await run('breaking', ['migrate'], PRODUCTION);
    await run('breaking with a snapshot', ['migrate', '--snapshot-id', 'rds:1'], PRODUCTION);
    const early = build.add({ ...SLEEP, up: '' });
    await run('out of order', ['db', 'run']);
    await run('out of order, allowed', ['db', 'run', '--allow-out-of-order']);
    await run('revert, not asked', ['db', 'revert']);
    build.remove(early, SLEEP.words, true);
    await run('file missing', ['migrate']);
    build.remove(early, SLEEP.words, false);
    build.remove(`LastOne${LAST.timestamp}`, LAST.words, false);
    await run('ahead', ['migrate']);
    await run('ahead, allowed', ['migrate'], { PS_DB_AHEAD: 'allow' });
    expect(codes).toEqual({
      'pending, only checked': 3,
      applied: 0,
      'nothing to do': 0,
      'wrong usage': 2,
      changed: 6,
      accepted: 0,
      breaking: 3,
      'breaking with a snapshot': 0,
      'out of order': 5,
      'out of order, allowed': 0,
      'revert, not asked': 3,
      'file missing': 5,
      ahead: 8,
      'ahead, allowed': 0,
    });
  });

  it('fails with 1 for a mistake in a migration, and with 4 when its turn does not come', async () => {
    build.add({ ...CREATE, up: "await runner.query('SELECT no_such_function()')" });
    const failed = psctl(['migrate', '--json']);
    expect(await failed.exitCode()).toBe(1);
    expect(JSON.parse(failed.stderr)).toEqual({ error: expect.stringContaining('no_such_function') as string });
    await withClient(database.url, async (holder) => {
      await holder.query('SELECT pg_advisory_lock(28787, 1)');
      expect(await psctl(['migrate'], { PS_MIGRATION_LOCK_TIMEOUT_SECONDS: '1' }).exitCode()).toBe(4);
    });
  });

  it('obeys PS_MIGRATE_ON_START as a step of a start, and so does the server', async () => {
    build.add(CREATE);
    const step = (value: string): PsctlProcess => psctl(['migrate', '--on-start'], { PS_MIGRATE_ON_START: value });
    expect(await step('off').exitCode()).toBe(0);
    expect(await applied()).toEqual([]);
    const checked = step('check');
    expect(await checked.exitCode()).toBe(3);
    expect(checked.stderr).toContain('Run "psctl migrate" with this release');
    const server = build.server({ PS_DATABASE_URL: database.url.value, PS_MIGRATE_ON_START: 'check' });
    expect(await server.exitCode()).toBe(3);
    expect(server.stderr).toContain('is pending');
    expect(await step('apply').exitCode()).toBe(0);
    expect(await step('check').exitCode()).toBe(0);
    expect(await applied()).toHaveLength(1);
  });

  it('shows, fakes, reverts and adopts, and answers in JSON', async () => {
    const [create, last] = [CREATE, LAST].map((migration) => build.add(migration));
    const json = async (...command: string[]): Promise<unknown> => {
      const process = psctl(['db', ...command, '--json']);
      const exitCode = await process.exitCode();
      if (exitCode !== 0) throw new Error(`psctl db ${command.join(' ')} ended with ${exitCode}: ${process.stderr}`);
      return JSON.parse(process.stdout);
    };
    expect(await json('show', '--plan')).toEqual({ pending: [create, last] });
    expect(await json('run', '--to', create!)).toEqual({ applied: [create] });
    expect(await json('fake', '--all')).toEqual({ faked: [last] });
    expect(await json('show')).toMatchObject({
      migrations: [
        { name: create, state: 'applied', compat: 'expand', isUnchanged: true },
        { name: last, state: 'applied', executedBy: expect.stringMatching(/ pid \d+$/) as string },
      ],
    });
    expect(await json('revert', '--to', create!, '--yes')).toEqual({ reverted: [last] });
    await ask(database.url, 'DROP TABLE schema_migrations, migration_audit');
    expect(await json('baseline')).toEqual({ recorded: [create] });
    for (const wrong of [['fake'], ['fake', last!, '--all'], ['resolve', last!], ['revert', '--steps', 'all']])
      expect([wrong, await psctl(['db', ...wrong]).exitCode()]).toEqual([wrong, 2]);
  });

  it('prints the SQL of a migration without a database', async () => {
    const name = build.add(CREATE);
    const shown = build.psctl(['db', 'sql', name], {});
    expect(await shown.exitCode()).toBe(0);
    expect(shown.stdout).toBe(
      [
        `-- ${name}, up`,
        'BEGIN;',
        'CREATE TABLE t (id integer);',
        `INSERT INTO schema_migrations ("timestamp", name) VALUES (${CREATE.timestamp}, '${name}');`,
        'COMMIT;',
        '',
      ].join('\n'),
    );
  });
});
