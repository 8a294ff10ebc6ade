import { baseline } from '../../../src/database/migrator/baseline.js';
import { fake } from '../../../src/database/migrator/corrections.js';
import { loadBuild } from '../../../src/database/migrator/migration-files.js';
import { statesOf } from '../../../src/database/migrator/migration-states.js';
import { historyOf, migrate } from '../../../src/database/migrator/migrator.js';
import { revert } from '../../../src/database/migrator/revert.js';
import { ask, hurried, madeMigration } from '../../support/migrations.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase('empty');
});
afterEach(() => database.drop());

const table = (place: number): ReturnType<typeof madeMigration> =>
  madeMigration(place, `CREATE TABLE t${place} (id integer)`, { down: `DROP TABLE t${place}` });
const [one, two, three] = [table(1), table(2), table(3)];
const build = [one, two, three];
const applied = async (): Promise<string[]> => (await historyOf(database.url)).applied.map(({ name }) => name);
const events = (): Promise<{ action: string; subject: string }[]> =>
  ask(
    database.url,
    "SELECT action, subject_id AS subject FROM audit_events WHERE action LIKE 'migration.%' ORDER BY id",
  );

describe('revert', () => {
  it('undoes the newest, several, or down to one that stays', async () => {
    await migrate(database.url, hurried(build));
    expect(await revert(database.url, { steps: 1 }, hurried(build))).toEqual([three.name]);
    expect(await revert(database.url, { to: one.name }, hurried(build))).toEqual([two.name]);
    expect(await applied()).toEqual([one.name]);
    expect((await historyOf(database.url)).audit.map(({ name }) => name)).toEqual([one.name]);
    expect(await revert(database.url, { steps: 5 }, hurried(build))).toEqual([one.name]);
    expect(await revert(database.url, { steps: 1 }, hurried(build))).toEqual([]);
  });

  it('leaves what a newer release applied to that release', async () => {
    await migrate(database.url, hurried(build));
    await expect(revert(database.url, { steps: 1 }, hurried([one, two]))).rejects.toMatchObject({ exitCode: 8 });
    await expect(revert(database.url, { to: 'Nothing1' }, hurried(build))).rejects.toThrow(/Nothing1 is not applied/);
    expect(await applied()).toHaveLength(3);
  });

  it('is on record as long as there is an audit log, and undoes the log itself', async () => {
    const real = await loadBuild();
    await migrate(database.url, hurried(real));
    await revert(database.url, { steps: 1 }, hurried(real));
    expect(await events()).toEqual([{ action: 'migration.reverted', subject: real.at(-1)?.name }]);
    await revert(database.url, { steps: real.length }, hurried(real));
    expect(await applied()).toEqual([]);
    expect(await migrate(database.url, hurried(real))).toHaveLength(real.length);
  });
});

it('what a person decides about a migration that is applied is on record too', async () => {
  const real = await loadBuild();
  const [late] = real.slice(-2);
  await migrate(database.url, hurried(real.filter((one) => one !== late)));
  await migrate(database.url, { ...hurried(real), isOutOfOrderAllowed: true });
  const changed = real.map((one) => (one === late ? { ...one, sha256: 'f'.repeat(64) } : one));
  await migrate(database.url, { ...hurried(changed), acceptedChecksums: [late!.name] });
  expect(await events()).toEqual([
    { action: 'migration.applied', subject: late!.name },
    { action: 'migration.checksum_accepted', subject: late!.name },
  ]);
});

describe('fake', () => {
  it('records one, or all, and runs nothing', async () => {
    expect(await fake(database.url, [one.name], hurried(build))).toEqual([one.name]);
    await expect(fake(database.url, [three.name], hurried(build))).rejects.toMatchObject({ exitCode: 5 });
    expect(await fake(database.url, null, hurried(build))).toEqual([two.name, three.name]);
    expect(await migrate(database.url, hurried(build))).toEqual([]);
    expect(await ask(database.url, "SELECT to_regclass('t1') AS t1")).toEqual([{ t1: null }]);
    expect(await fake(database.url, null, hurried(build))).toEqual([]);
  });
});

describe('baseline', () => {
  it('gives a database that lost its history the one it had', async () => {
    const real = await loadBuild();
    const most = real.slice(0, -2);
    await migrate(database.url, hurried(most));
    await ask(database.url, 'DROP TABLE schema_migrations, migration_audit');
    await expect(migrate(database.url, hurried(real))).rejects.toThrow(/already exists.*psctl db baseline/);
    expect(await baseline(database.url, undefined, hurried(real))).toEqual(most.map(({ name }) => name));
    expect(await events()).toHaveLength(most.length);
    expect(await migrate(database.url, hurried(real))).toEqual(real.slice(-2).map(({ name }) => name));
    await expect(baseline(database.url, undefined, hurried(real))).rejects.toThrow(/has a history/);
  });

  it('refuses tables that are not exactly those of a migration, and names the difference', async () => {
    await ask(database.url, 'CREATE TABLE t1 (id integer, extra text)');
    const refused = baseline(database.url, undefined, hurried(build));
    await expect(refused).rejects.toMatchObject({ exitCode: 5 });
    await expect(refused).rejects.toThrow(/Nearest is Step1X\d+, with 1 differences: unexpected: column t1 extra text/);
    expect(await ask(database.url, "SELECT to_regclass('schema_migrations') AS t")).toEqual([{ t: null }]);
  });

  it('asks when a migration that changes no table may have been applied or not', async () => {
    const rows = madeMigration(2, 'INSERT INTO t1 VALUES (1)');
    await ask(database.url, 'CREATE TABLE t1 (id integer)');
    const refused = baseline(database.url, undefined, hurried([one, rows]));
    await expect(refused).rejects.toMatchObject({ exitCode: 3 });
    await expect(refused).rejects.toThrow(new RegExp(`as after ${one.name} or ${rows.name}\\.`));
    expect(await baseline(database.url, one.name, hurried([one, rows]))).toEqual([one.name]);
    expect(await ask(database.url, 'SELECT * FROM t1')).toEqual([]);
  });

  it('refuses an empty database, and the one of the system being replaced', async () => {
    await expect(baseline(database.url, undefined, hurried(build))).rejects.toThrow(/is empty.*psctl migrate/);
    await ask(database.url, 'CREATE TABLE django_migrations (id integer)');
    await expect(baseline(database.url, undefined, hurried(build))).rejects.toThrow(/psctl import-legacy/);
  });
});

it('lists what the build and the database know', async () => {
  await migrate(database.url, hurried([one, three]));
  const changed = { ...one, sha256: 'c'.repeat(64) };
  const states = statesOf([changed, two], await historyOf(database.url));
  expect(states.map(({ name, state, isUnchanged }) => [name, state, isUnchanged])).toEqual([
    [one.name, 'applied', false],
    [two.name, 'pending', null],
    [three.name, 'unknown', null],
  ]);
});
