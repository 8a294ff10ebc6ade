import { AuthModule } from '../../../src/auth/auth.module.js';
import { DatabaseWorkerModule } from '../../../src/database/database-worker.module.js';
import { ExpiredRows } from '../../../src/database/expired-rows.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';

const DAY = 86_400;

describe('expired rows', () => {
  let test: TestContext;
  afterEach(() => test.close());

  const at = (seconds: number): Date => new Date(test.clock.now().getTime() + seconds * 1000);
  const revoke = (prefix: string, count: number, expiresAt: Date): Promise<unknown> =>
    test.fixtures.query(
      `INSERT INTO revoked_tokens (jti, expires_at, reason) SELECT $1 || n, $3, 'rotated' FROM generate_series(1, $2) n`,
      [prefix, count, expiresAt],
    );
  const left = async (table: string): Promise<number> =>
    (await test.fixtures.query<{ count: number }>(`SELECT count(*)::integer AS count FROM ${table}`))[0]!.count;

  it('go in batches, of every table that has registered, each after its time', async () => {
    test = await createTestContext({ imports: [AuthModule] });
    const expired = test.context.get(ExpiredRows, { strict: false });
    await revoke('old', 2500, at(-1));
    await revoke('live', 3, at(0));
    await test.fixtures.query(
      `INSERT INTO throttle (key, count, allowed, window_ends_at) VALUES ('a', 1, 1, $1), ('b', 1, 1, $2)`,
      [at(-1), at(1)],
    );
    await test.fixtures.query(`INSERT INTO known_addresses (key, last_succeeded_at) VALUES ('a', $1), ('b', $2)`, [
      at(-30 * DAY - 1),
      at(-29 * DAY),
    ]);
    const user = await test.fixtures.user();
    for (const [id, age] of [
      [1, 31],
      [2, 29],
    ] as const)
      await test.fixtures.query(
        `INSERT INTO personal_access_tokens (id, user_id, name, token_hash, scopes, created_at, expires_at)
         VALUES ($1, $2, 'n', $3, '{runs.view}', $4::timestamptz, $4::timestamptz)`,
        [`00000000-0000-4000-8000-00000000000${id}`, user.id, String(id), at(-age * DAY)],
      );
    await test.fixtures.query(
      `INSERT INTO github_flows (secret_hash, kind, return_to, started_at, expires_at)
       VALUES ('a', 'browser', '/', $1::timestamptz, $1::timestamptz), ('b', 'browser', '/', $2::timestamptz, $2::timestamptz)`,
      [at(-1), at(1)],
    );
    expect(await expired.flush()).toEqual({
      github_flows: 1,
      throttle: 1,
      revoked_tokens: 2500,
      personal_access_tokens: 1,
      known_addresses: 1,
    });
    expect([await left('revoked_tokens'), await left('throttle'), await left('known_addresses')]).toEqual([3, 1, 1]);
    expect(await expired.flush()).toEqual({
      github_flows: 0,
      throttle: 0,
      revoked_tokens: 0,
      personal_access_tokens: 0,
      known_addresses: 0,
    });
  });

  it('are divided among processes that remove them at the same time', async () => {
    test = await createTestContext({ imports: [AuthModule] });
    const expired = test.context.get(ExpiredRows, { strict: false });
    await revoke('old', 3000, at(-1));
    const deleted = await Promise.all([expired.flush(), expired.flush(), expired.flush()]);
    expect(deleted.reduce((sum, { revoked_tokens = 0 }) => sum + revoked_tokens, 0)).toBe(3000);
    expect(await left('revoked_tokens')).toBe(0);
  });

  it('are removed at start and every hour by a worker', async () => {
    test = await createTestContext({ imports: [AuthModule, DatabaseWorkerModule] });
    for (const name of ['first', 'second']) {
      await revoke(name, 1, at(-1));
      for (let hours = 0; (await left('revoked_tokens')) > 0; hours++) {
        // The pass before may still be at work; then the next hour's removes it.
        expect(hours).toBeLessThan(1000);
        test.clock.advance(3_600_000);
      }
    }
    expect(await left('revoked_tokens')).toBe(0);
  });
});
