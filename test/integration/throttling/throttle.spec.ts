import { ThrottleService } from '../../../src/throttling/throttle.service.js';
import { ThrottlingModule } from '../../../src/throttling/throttling.module.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';

const ADDRESS = '198.51.100.7';

describe('ThrottleService', () => {
  let test: TestContext;
  let throttle: ThrottleService;
  beforeEach(async () => {
    test = await createTestContext({ imports: [ThrottlingModule] });
    throttle = test.context.get(ThrottleService, { strict: false });
  });
  afterEach(() => test.close());

  const tooMany = (retryAfterSeconds: number): unknown =>
    expect.objectContaining({ code: 'throttle.too_many_attempts', kind: 'too_many_requests', retryAfterSeconds });
  const repeat = async (count: number, attempt: () => Promise<unknown>): Promise<void> => {
    for (let index = 0; index < count; index++) await attempt();
  };
  const reset = (mailbox: string, address = ADDRESS): Promise<boolean | null> =>
    throttle.guard('passwordReset', { address, mailbox }, () => Promise.resolve(true));
  const counts = async (): Promise<number[]> =>
    (await test.fixtures.query<{ count: number }>('SELECT count FROM throttle ORDER BY count')).map(
      ({ count }) => count,
    );

  it('counts successes where the rule says so', async () => {
    await repeat(5, () => reset('ann@example.org'));
    await expect(reset('ann@example.org')).rejects.toEqual(tooMany(60));
    await expect(reset('ben@example.org')).resolves.toBe(true);
  });

  it('counts nothing at all for an attempt that one of two subjects forbids', async () => {
    await repeat(5, () => reset('ann@example.org'));
    expect(await counts()).toEqual([5, 5]);
    await expect(reset('ann@example.org')).rejects.toEqual(tooMany(60));
    await expect(reset('ann@example.org', '192.0.2.1')).rejects.toEqual(tooMany(60));
    expect(await counts()).toEqual([0, 5, 5]);
  });

  it('counts an attempt that throws, and lets the error through', async () => {
    const fail = (): Promise<null> =>
      throttle.guard('oneTimeKey', { address: ADDRESS }, () => Promise.reject(new Error('broken')));
    await expect(fail()).rejects.toThrow('broken');
    expect(await counts()).toEqual([1]);
  });

  it('gives nothing back to a window that has begun meanwhile', async () => {
    let finish: (result: boolean) => void = () => undefined;
    const slow = throttle.guard(
      'oneTimeKey',
      { address: ADDRESS },
      () =>
        new Promise<boolean>((resolve) => {
          finish = resolve;
        }),
    );
    while ((await counts()).length === 0) await new Promise(setImmediate);
    test.clock.advance(60_000);
    await throttle.guard('oneTimeKey', { address: ADDRESS }, () => Promise.resolve(null));
    finish(true);
    await expect(slow).resolves.toBe(true);
    expect(await counts()).toEqual([1]);
  });

  it('tells the longest wait of all subjects that are full', async () => {
    const guess = (account: string, address: string): Promise<null> =>
      throttle.guard('passcode', { account, address }, () => Promise.resolve(null));
    await repeat(10, () => guess('ann', ADDRESS));
    test.clock.advance(10_000);
    await repeat(10, () => guess('ben', ADDRESS));
    await repeat(10, () => guess('cem', ADDRESS));
    await expect(guess('ann', ADDRESS)).rejects.toEqual(tooMany(290));
    await expect(guess('dan', ADDRESS)).rejects.toEqual(tooMany(50));
  });

  it('survives attempts on the same two counters in both orders at once', async () => {
    const pairs = Array.from({ length: 40 }, (_, index) => [`a${index % 3}`, `10.0.0.${(index * 7) % 3}`] as const);
    const results = await Promise.allSettled(
      pairs.map(([account, address]) => throttle.guard('passcode', { account, address }, () => Promise.resolve(true))),
    );
    const failures = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    for (const { reason } of failures) expect(reason).toMatchObject({ code: 'throttle.too_many_attempts' });
    expect(await counts()).toEqual(Array<number>(6).fill(0));
  });
});
