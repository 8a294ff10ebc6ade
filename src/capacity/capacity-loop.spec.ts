import { TestClock } from '../../test/support/test-clock.js';
import { loadConfig } from '../config/app-config.js';
import { type ChangeListener, type Notifier } from '../database/notifier.js';
import { CapacityLoop } from './capacity-loop.js';
import { type CapacitySizer } from './capacity-sizer.js';
import { type CapacityRepository } from './capacity.repository.js';

const SECRETS = { PS_JWT_SECRET: 'x'.repeat(32), PS_STATE_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') };

/** A loop whose database answers are given by the test. */
function loopWith(listOrganizationsWithExpired: () => Promise<string[]>) {
  const sized: string[] = [];
  const listeners: ChangeListener[] = [];
  const sizer = { size: (id: string) => Promise.resolve(void sized.push(id)) };
  const requests = {
    listOrganizationsWithExpired,
    listOrganizationsWithDemand: () => Promise.resolve([]),
    nextExpiry: () => Promise.resolve(null),
  };
  const notifier = {
    subscribe: (_channel: string, listener: ChangeListener) => {
      listeners.push(listener);
      return () => undefined;
    },
  };
  const loop = new CapacityLoop(
    sizer as unknown as CapacitySizer,
    requests as unknown as CapacityRepository,
    notifier as unknown as Notifier,
    new TestClock(),
    loadConfig(SECRETS),
  );
  const hint = (organizationId: string): void => {
    for (const listener of listeners) listener(organizationId);
  };
  return { loop, sized, hint };
}

/** Everything here answers at once, so one turn of the event loop ends all passes. */
const settled = () => new Promise(setImmediate);

describe('CapacityLoop', () => {
  it('sizes a cluster whose hint comes while a pass looks for expired requests', async () => {
    let looks = 0;
    const { loop, sized, hint } = loopWith(() => {
      looks++;
      if (looks === 1) hint('came-during-the-look');
      return Promise.resolve([]);
    });
    loop.onApplicationBootstrap();
    await settled();
    expect(sized).toEqual(['came-during-the-look']);
    await loop.onApplicationShutdown();
  });

  it('keeps a hint for the next pass when the database does not answer', async () => {
    let looks = 0;
    const { loop, sized, hint } = loopWith(() => {
      looks++;
      return looks === 2 ? Promise.reject(new Error('connection lost')) : Promise.resolve([]);
    });
    loop.onApplicationBootstrap();
    await settled();
    hint('first');
    await settled();
    expect(sized).toEqual([]);
    hint('second');
    await settled();
    expect(sized).toEqual(['first', 'second']);
    await loop.onApplicationShutdown();
  });
});
