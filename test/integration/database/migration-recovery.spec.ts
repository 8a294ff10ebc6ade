import { historyOf, migrate } from '../../../src/database/migrator/migrator.js';
import { resolve } from '../../../src/database/migrator/corrections.js';
import { revert } from '../../../src/database/migrator/revert.js';
import { statesOf } from '../../../src/database/migrator/migration-states.js';
import { eventually } from '../../support/eventually.js';
import { ask, hurried, madeMigration, withClient } from '../../support/migrations.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

describe('what was broken off', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase('empty');
  });
  afterEach(() => database.drop());

  const first = madeMigration(1, 'CREATE TABLE one (id integer)');
  const halfway = madeMigration(
    2,
    async (runner) => {
      await runner.query('CREATE TABLE two (id integer)');
      await runner.query('SELECT no_such_function()');
    },
    { transaction: false },
  );
  const unfinishedNames = async (): Promise<string[]> =>
    (await historyOf(database.url)).audit.filter(({ finishedAt }) => finishedAt === null).map(({ name }) => name);

  it('without a transaction stops everybody until somebody says that it was undone', async () => {
    const build = [first, halfway];
    const failed = migrate(database.url, hurried(build));
    await expect(failed).rejects.toMatchObject({ exitCode: 7 });
    await expect(failed).rejects.toThrow(/what it did before stays.*no_such_function.*psctl db resolve Step2X/);
    const again = migrate(database.url, hurried(build));
    await expect(again).rejects.toMatchObject({ exitCode: 7 });
    await expect(again).rejects.toThrow(/may be half changed: Step2X\d+, begun .* by .* \(failed: .*no_such_function/);
    expect(statesOf(build, await historyOf(database.url)).map(({ state }) => state)).toEqual(['applied', 'unfinished']);

    await ask(database.url, 'DROP TABLE two');
    await resolve(database.url, halfway.name, 'rolled-back', hurried(build));
    const mended = madeMigration(2, 'CREATE TABLE two (id integer)', { transaction: false });
    expect(await migrate(database.url, hurried([first, mended]))).toEqual([mended.name]);
  });

  it('without a transaction counts as applied when somebody says that it is', async () => {
    const build = [first, halfway];
    await expect(migrate(database.url, hurried(build))).rejects.toMatchObject({ exitCode: 7 });
    await resolve(database.url, halfway.name, 'applied', hurried(build));
    expect(await migrate(database.url, hurried(build))).toEqual([]);
    const { applied, audit } = await historyOf(database.url);
    expect(applied.map(({ name }) => name)).toEqual(build.map(({ name }) => name));
    expect(audit[1]?.output).toMatch(/failed: .*\nresolved as applied by /);
  });

  it('is all that can be resolved', async () => {
    await migrate(database.url, hurried([first]));
    await expect(resolve(database.url, first.name, 'applied', hurried([first]))).rejects.toThrow(/was not broken off/);
  });

  it('in a transaction settles itself: by the row that is written in the same transaction', async () => {
    const build = [first, madeMigration(2, 'CREATE TABLE two (id integer)')];
    await migrate(database.url, hurried(build));
    await ask(database.url, 'UPDATE migration_audit SET finished_at = NULL');
    await ask(database.url, `DELETE FROM schema_migrations WHERE name = '${build[1]!.name}'; DROP TABLE two`);
    const said: string[] = [];
    expect(await migrate(database.url, hurried(build, said))).toEqual([build[1]!.name]);
    expect(said.slice(0, 2)).toEqual([
      expect.stringMatching(/^Step1X\d+, begun .* was broken off after it was committed: it is applied$/),
      expect.stringMatching(/^Step2X\d+, begun .* was broken off and rolled back by Postgres: nothing of it is left$/),
    ]);
    expect(await unfinishedNames()).toEqual([]);
  });

  it('and is still at work is ended before anybody looks at what it did', async () => {
    await withClient(database.url, async (orphan) => {
      orphan.on('error', () => undefined);
      await orphan.query('SELECT pg_advisory_lock(28787, 3)');
      await orphan.query('BEGIN; CREATE TABLE one (id integer)');
      const ended = expect(orphan.query('SELECT pg_sleep(60)')).rejects.toThrow(/terminating connection/);
      const said: string[] = [];
      const startedAt = performance.now();
      expect(await migrate(database.url, hurried([first], said))).toEqual([first.name]);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      await ended;
      expect(said[0]).toMatch(/A process that was migrating is gone; ending what it left at work \(pid \d+\)/);
    });
  });

  it('while it was reverted without a transaction needs somebody too', async () => {
    const down = 'SELECT no_such_function()';
    const build = [first, madeMigration(2, 'CREATE TABLE two (id integer)', { transaction: false, down })];
    await migrate(database.url, hurried(build));
    await expect(revert(database.url, { steps: 1 }, hurried(build))).rejects.toMatchObject({ exitCode: 7 });
    await expect(migrate(database.url, hurried(build))).rejects.toMatchObject({ exitCode: 7 });
    expect(await unfinishedNames()).toEqual([build[1]!.name]);
    await resolve(database.url, build[1]!.name, 'rolled-back', hurried(build));
    expect((await historyOf(database.url)).applied.map(({ name }) => name)).toEqual([first.name]);
  });

  it('while it was reverted in a transaction stays applied', async () => {
    const build = [
      first,
      madeMigration(2, 'CREATE TABLE two (id integer)', { down: 'DROP TABLE two; SELECT no_such_function()' }),
    ];
    await migrate(database.url, hurried(build));
    const failed = revert(database.url, { steps: 1 }, hurried(build));
    await expect(failed).rejects.toMatchObject({ exitCode: 1 });
    await expect(failed).rejects.toThrow(/could not be reverted and stays applied/);
    expect(await migrate(database.url, hurried(build))).toEqual([]);
    await eventually('the table', () => ask(database.url, 'SELECT 1 FROM two').then(() => true));
  });
});
