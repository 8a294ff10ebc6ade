import fc from 'fast-check';
import { applicationName } from './migration-lock.js';
import { DEFAULT_PACE, nextPoll, withJitter } from './migration-pace.js';

it('a wait for the lock asks often at first, and every second in the end', () => {
  let [pause, waited, asked] = [DEFAULT_PACE.firstPollMs, 0, 0];
  while (waited < 1_000) {
    [waited, asked] = [waited + pause, asked + 1];
    pause = nextPoll(pause, DEFAULT_PACE);
  }
  expect(asked).toBeGreaterThanOrEqual(5);
  for (let step = 0; step < 20; step += 1) pause = nextPoll(pause, DEFAULT_PACE);
  expect(pause).toBe(1_000);
});

it('jitter only ever shortens, by a fifth at most', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (pause, random) => {
        const jittered = withJitter(pause, random);
        expect(jittered).toBeLessThanOrEqual(pause);
        expect(jittered).toBeGreaterThanOrEqual(pause * 0.8 - 1e-6);
      },
    ),
  );
});

it('a name for pg_stat_activity fits, whatever the host is called', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (host) => {
      const name = applicationName('1.2.3', host);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
      expect(`ps-migrate 1.2.3 ${host}`.startsWith(name)).toBe(true);
    }),
  );
});
