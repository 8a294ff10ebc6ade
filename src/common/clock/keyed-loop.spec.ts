import { TestClock } from '../../../test/support/test-clock.js';
import { KeyedLoop, type KeyedLoopOptions } from './keyed-loop.js';

const SWEEP_MS = 60_000;

/** Everything here answers at once, so one turn of the event loop ends all passes. */
const settled = () => new Promise(setImmediate);

function loopWith(options: Partial<KeyedLoopOptions> = {}) {
  const clock = new TestClock();
  const worked: string[] = [];
  const errors: string[] = [];
  const loop = new KeyedLoop({
    name: 'test loop',
    sweepIntervalMs: SWEEP_MS,
    clock,
    find: () => Promise.resolve([]),
    work: (key) => Promise.resolve(void worked.push(key)),
    logError: (message) => void errors.push(message),
    ...options,
  });
  return { loop, clock, worked, errors };
}

describe('KeyedLoop', () => {
  it('works on what was named, and on everything at the start and at each sweep', async () => {
    const { loop, clock, worked } = loopWith({ find: (isSweep) => Promise.resolve(isSweep ? ['a', 'b'] : []) });
    loop.start();
    await settled();
    loop.wake('b');
    await settled();
    expect(worked).toEqual(['a', 'b', 'b']);
    clock.advance(SWEEP_MS);
    await settled();
    expect(worked).toEqual(['a', 'b', 'b', 'a', 'b']);
    await loop.stop();
  });

  it('goes on with the other keys when one fails, and says which', async () => {
    const worked: string[] = [];
    const { loop, errors } = loopWith({
      find: () => Promise.resolve(['bad', 'good']),
      work: (key) => (key === 'bad' ? Promise.reject(new Error('broken')) : Promise.resolve(void worked.push(key))),
    });
    loop.start();
    await settled();
    expect(worked).toEqual(['good']);
    expect(errors).toEqual(['The test loop failed at bad, trying again later: broken']);
    await loop.stop();
  });

  it('makes up for a sweep that failed with the next pass, however early that comes', async () => {
    const sweeps: boolean[] = [];
    const { loop, errors } = loopWith({
      find: (isSweep) => {
        sweeps.push(isSweep);
        return sweeps.length === 1 ? Promise.reject(new Error('connection lost')) : Promise.resolve([]);
      },
    });
    loop.start();
    await settled();
    loop.wake('a');
    await settled();
    loop.wake('a');
    await settled();
    expect(sweeps).toEqual([true, true, false]);
    expect(errors).toHaveLength(1);
    await loop.stop();
  });

  it('wakes a key at the last time named for it, once', async () => {
    const { loop, clock, worked } = loopWith();
    loop.start();
    await settled();
    const inSeconds = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);
    loop.wakeAt('a', inSeconds(10));
    loop.wakeAt('a', inSeconds(20));
    clock.advance(10_000);
    await settled();
    expect(worked).toEqual([]);
    clock.advance(10_000);
    await settled();
    expect(worked).toEqual(['a']);
    await loop.stop();
  });

  it('does nothing more once it is stopped', async () => {
    const { loop, clock, worked } = loopWith({ find: () => Promise.resolve(['a']) });
    loop.start();
    await settled();
    loop.wakeAt('b', clock.now());
    await loop.stop();
    clock.advance(10 * SWEEP_MS);
    loop.wake('c');
    await settled();
    expect(worked).toEqual(['a']);
  });
});
