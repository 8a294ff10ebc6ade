import { type Transaction, Transactions } from '../../../src/database/transaction.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';

describe('a transaction', () => {
  let test: TestContext;
  let transactions: Transactions;
  beforeAll(async () => {
    test = await createTestContext({ imports: [] });
    transactions = test.context.get(Transactions, { strict: false });
    await test.fixtures.query('CREATE TABLE counters (id integer PRIMARY KEY, value integer NOT NULL)');
    await test.fixtures.query('INSERT INTO counters VALUES (1, 0), (2, 0)');
  });
  afterAll(() => test.close());

  const increase = (tx: Transaction, id: number) =>
    tx.query('UPDATE counters SET value = value + 1 WHERE id = $1', [id]);
  const values = () => test.fixtures.query<{ value: number }>('SELECT value FROM counters ORDER BY id');

  it('that waits for another which waits for it is begun anew, and both are stored once', async () => {
    let attempts = 0;
    let arrived = 0;
    let release: () => void = () => undefined;
    const bothHoldOne = new Promise<void>((resolve) => {
      release = resolve;
    });
    const crossing = (first: number, second: number) =>
      transactions.run(async (tx) => {
        attempts += 1;
        await increase(tx, first);
        arrived += 1;
        if (arrived === 2) release();
        await bothHoldOne;
        await increase(tx, second);
      });
    await Promise.all([crossing(1, 2), crossing(2, 1)]);
    expect(attempts).toBe(3);
    expect(await values()).toEqual([{ value: 2 }, { value: 2 }]);
  });

  it('that fails for another reason is not repeated, and leaves nothing', async () => {
    let attempts = 0;
    const failing = transactions.run(async (tx) => {
      attempts += 1;
      await increase(tx, 1);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(attempts).toBe(1);
    expect(await values()).toEqual([{ value: 2 }, { value: 2 }]);
  });
});
