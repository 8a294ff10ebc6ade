import { QueryFailedError } from 'typeorm';
import { TestClock } from '../../test/support/test-clock.js';
import { isDatabaseUnreachable, Patience } from './patience.js';

const failure = (message: string, code?: string): Error => Object.assign(new Error(message), { code });

describe('whether Postgres could not be reached', () => {
  it.each([
    failure('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED'),
    failure('terminating connection due to administrator command', '57P01'),
    failure('the database system is starting up', '57P03'),
    failure('cannot execute UPDATE in a read-only transaction', '25006'),
    failure('sorry, too many clients already', '53300'),
    failure('Connection terminated unexpectedly'),
    failure('timeout exceeded when trying to connect'),
    new QueryFailedError('SELECT 1', [], failure('terminating connection', '57P01')),
    new AggregateError([failure('connect', 'ECONNREFUSED')], 'connect'),
  ])('is seen in %s', (error) => {
    const aggregate = error instanceof AggregateError ? Object.assign(error, { code: 'ECONNREFUSED' }) : error;
    expect(isDatabaseUnreachable(aggregate)).toBe(true);
  });

  it.each([
    failure('duplicate key value violates unique constraint', '23505'),
    failure('no space left on device', 'ENOSPC'),
    new QueryFailedError('SELECT 1', [], failure('syntax error', '42601')),
    'a text',
    null,
  ])('is not seen in %s', (error) => {
    expect(isDatabaseUnreachable(error)).toBe(false);
  });
});

describe('Patience', () => {
  const refused = failure('connect ECONNREFUSED', 'ECONNREFUSED');
  /** Lets everything that waits for a promise go on. */
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('repeats the work until the database is back, ever more rarely', async () => {
    const clock = new TestClock();
    let calls = 0;
    const result = new Patience(clock).insist('store', () => {
      calls++;
      return calls < 12 ? Promise.reject(refused) : Promise.resolve('stored');
    });
    for (let second = 0; second < 60 && calls < 12; second++) {
      await settle();
      clock.advance(1_000);
      await settle();
    }
    await expect(result).resolves.toBe('stored');
    expect(clock.now().getTime() - Date.parse('2026-03-01T12:00:00Z')).toBeGreaterThan(25_000);
  });

  it('throws any other failure at once', async () => {
    const patience = new Patience(new TestClock());
    await expect(patience.insist('store', () => Promise.reject(failure('no', '23505')))).rejects.toThrow('no');
  });

  it('waits no longer once the process ends', async () => {
    const clock = new TestClock();
    const patience = new Patience(clock);
    const result = patience.insist('store', () => Promise.reject(refused));
    await settle();
    patience.end();
    clock.advance(100);
    await expect(result).rejects.toThrow('ECONNREFUSED');
  });
});
