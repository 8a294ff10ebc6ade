import { DataSource } from 'typeorm';
import { PreparingClient } from '../../../src/database/preparing-client.js';
import { rows } from '../../../src/database/sql.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';

describe('statements of the pool', () => {
  let test: TestContext;
  let dataSource: DataSource;

  beforeEach(async () => {
    test = await createTestContext({ imports: [], environment: { PS_DATABASE_POOL_SIZE: '2' } });
    dataSource = test.context.get(DataSource, { strict: false });
    await test.fixtures.query('CREATE TABLE labels (id integer PRIMARY KEY, label varchar(8))');
    await test.fixtures.query("INSERT INTO labels VALUES (1, 'one')");
  });
  afterEach(() => test.close());

  const SELECT = 'SELECT label FROM labels WHERE id = $1';
  const select = (runner: DataSource | DataSource['manager'] = dataSource) =>
    rows<{ label: string }>(runner, SELECT, [1]);

  it('are prepared once per connection and then used again', async () => {
    await dataSource.transaction(async (tx) => {
      for (let call = 0; call < 3; call++) await expect(select(tx)).resolves.toEqual([{ label: 'one' }]);
      const [plan] = await rows(
        tx,
        `SELECT count(*)::integer AS statements, sum(generic_plans + custom_plans)::integer AS uses
         FROM pg_prepared_statements WHERE statement = $1`,
        [SELECT],
      );
      expect(plan).toEqual({ statements: 1, uses: 3 });
    });
  });

  it('survive a migration that changes the type of what they select, on every connection', async () => {
    const onBoth = () => Promise.all(Array.from({ length: 6 }, () => select()));
    await onBoth();
    await test.fixtures.query('ALTER TABLE labels ALTER label TYPE varchar(20)');
    await expect(onBoth()).resolves.toEqual(Array.from({ length: 6 }, () => [{ label: 'one' }]));
  });

  it('fail inside a transaction whose plan became outdated, and work in the next one', async () => {
    const migrateAndSelect = dataSource.transaction(async (tx) => {
      await select(tx);
      await tx.query('ALTER TABLE labels ALTER label TYPE varchar(30)');
      await select(tx);
    });
    await expect(migrateAndSelect).rejects.toThrow('cached plan');
    await expect(dataSource.transaction((tx) => select(tx))).resolves.toEqual([{ label: 'one' }]);
  });

  it('do not end the process when their connection breaks while nobody holds it', () => {
    const client = new PreparingClient();
    // An emitter without a listener throws the error instead.
    expect(client.emit('error', new Error('terminating connection'))).toBe(true);
  });

  it('report their own errors as they are, again and again', async () => {
    const broken = () => rows(dataSource, 'SELECT no_such_column FROM labels WHERE id = $1', [1]);
    await expect(broken()).rejects.toMatchObject({ driverError: { code: '42703' } });
    await expect(broken()).rejects.toMatchObject({ driverError: { code: '42703' } });
  });
});
