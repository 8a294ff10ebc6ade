import { historyOf, migrate } from '../../../src/database/migrator/migrator.js';
import { ask, hurried, madeMigration } from '../../support/migrations.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

describe('a history that does not fit', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase('empty');
  });
  afterEach(() => database.drop());

  const [one, two, three] = [1, 2, 3].map((place) => madeMigration(place, `CREATE TABLE t${place} (id integer)`)) as [
    ReturnType<typeof madeMigration>,
    ReturnType<typeof madeMigration>,
    ReturnType<typeof madeMigration>,
  ];

  it('because a newer release expanded it is none: an older one starts', async () => {
    await migrate(database.url, hurried([one, two]));
    expect(await migrate(database.url, hurried([one]))).toEqual([]);
  });

  it.each(['contract', 'breaking'] as const)(
    'because a newer release applied a %s migration ends with 8',
    async (compat) => {
      const newer = madeMigration(2, 'SELECT 1', { compat });
      await migrate(database.url, hurried([one, newer]));
      const refused = migrate(database.url, hurried([one]));
      await expect(refused).rejects.toMatchObject({ exitCode: 8 });
      await expect(refused).rejects.toThrow(/A newer release has applied Step2X\d+/);
      const said: string[] = [];
      expect(await migrate(database.url, { ...hurried([one], said), isAheadAllowed: true })).toEqual([]);
      expect(said[0]).toMatch(/^Allowed all the same: A newer release/);
    },
  );

  it('because nothing is recorded of what is unknown ends with 8', async () => {
    await migrate(database.url, hurried([one, two]));
    await ask(database.url, `DELETE FROM migration_audit WHERE name = '${two.name}'`);
    await expect(migrate(database.url, hurried([one]))).rejects.toMatchObject({ exitCode: 8 });
  });

  it('because a source was changed ends with 6, until somebody accepts it', async () => {
    await migrate(database.url, hurried([one, two]));
    const changed = { ...two, sha256: 'b'.repeat(64) };
    const refused = migrate(database.url, hurried([one, changed, three]));
    await expect(refused).rejects.toMatchObject({ exitCode: 6 });
    await expect(refused).rejects.toThrow(
      /Step2X\d+ was changed after it was applied here \(aaaaaaaaaaaa, now bbbbbbbbbbbb\)/,
    );
    const accepting = { ...hurried([one, changed, three]), acceptedChecksums: [two.name] };
    expect(await migrate(database.url, accepting)).toEqual([three.name]);
    expect(await migrate(database.url, hurried([one, changed, three]))).toEqual([]);
    const { audit } = await historyOf(database.url);
    expect(audit[1]).toMatchObject({
      sha256: changed.sha256,
      output: expect.stringMatching(/^checksum accepted by .*: a{64} is now b{64}$/) as string,
    });
  });

  it('because a pending one is older than what is applied ends with 5, unless that is allowed', async () => {
    await migrate(database.url, hurried([one, three]));
    const refused = migrate(database.url, hurried([one, two, three]));
    await expect(refused).rejects.toMatchObject({ exitCode: 5 });
    await expect(refused).rejects.toThrow(/Step2X\d+ is pending and older than Step3X/);
    expect(await migrate(database.url, { ...hurried([one, two, three]), isOutOfOrderAllowed: true })).toEqual([
      two.name,
    ]);
    const row = (await historyOf(database.url)).audit.find(({ name }) => name === two.name);
    expect(row?.output).toBe('applied out of order');
  });

  it('because something was applied twice ends with 5', async () => {
    await migrate(database.url, hurried([one]));
    await ask(
      database.url,
      'INSERT INTO schema_migrations ("timestamp", name) SELECT "timestamp", name FROM schema_migrations',
    );
    await expect(migrate(database.url, hurried([one]))).rejects.toThrow(/more than once/);
  });
});

describe('a breaking migration', () => {
  const first = madeMigration(1, 'CREATE TABLE t (id integer)');
  const breaking = madeMigration(2, 'DROP TABLE t', { compat: 'breaking' });
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase('empty');
  });
  afterEach(() => database.drop());

  it('ends with 3 before anything is applied, unless there is a snapshot, which is recorded', async () => {
    await migrate(database.url, hurried([first]));
    const how = { ...hurried([first, breaking]), isSnapshotNeeded: true };
    const refused = migrate(database.url, how);
    await expect(refused).rejects.toMatchObject({ exitCode: 3 });
    await expect(refused).rejects.toThrow(/--snapshot-id/);
    expect((await historyOf(database.url)).applied).toHaveLength(1);
    const applied = await migrate(database.url, { ...how, snapshotId: 'rds:ps-1' });
    expect(applied).toEqual([breaking.name]);
    expect((await historyOf(database.url)).audit[1]?.output).toBe('snapshot before it: rds:ps-1');
    const later = madeMigration(3, 'SELECT 1', { compat: 'breaking' });
    const next = { ...how, migrations: [first, breaking, later] };
    await expect(migrate(database.url, { ...next, snapshotId: 'rds:ps-1' })).rejects.toThrow(
      /taken before an earlier one/,
    );
    expect(await migrate(database.url, { ...next, snapshotId: 'rds:ps-2' })).toEqual([later.name]);
  });

  it('needs none where nothing can be lost: on an empty database, and in development', async () => {
    const how = { ...hurried([first, breaking]), isSnapshotNeeded: true };
    expect(await migrate(database.url, how)).toHaveLength(2);
    const again = madeMigration(3, 'SELECT 1', { compat: 'breaking' });
    expect(await migrate(database.url, hurried([first, breaking, again]))).toEqual([again.name]);
  });
});
