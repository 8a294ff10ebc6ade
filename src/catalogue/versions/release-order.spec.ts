import fc from 'fast-check';
import { byRelease, releaseKey } from './release-order.js';

const letters = 'abcvVz._-0123456789';
const name = fc
  .array(fc.constantFrom(...letters.split('')), { minLength: 1, maxLength: 16 })
  .map((characters) => characters.join(''));
const number = fc.integer({ min: 0, max: 999_999 });

describe('byRelease', () => {
  it('puts latest first, unstable last, and the newest release first in between', () => {
    const versions = ['v4.9.4', 'unstable', 'v4.10.0', 'v3', 'latest', 'v4', 'v4.10.0-rc1', 'v10', 'beta'];
    expect(versions.sort(byRelease)).toEqual([
      ...['latest', 'v10', 'v4.10.0', 'v4.10.0-rc1', 'v4.9.4', 'v4', 'v3', 'beta', 'unstable'],
    ]);
  });

  it('puts a release before its pre-releases, the last of them first, but after what was built on it', () => {
    const versions = [
      'v4.1.0-rc10',
      'v4.1.0',
      'v4.1.0-2-g1a2b',
      'v4.1',
      'v4.1.0-rc9',
      'v4.1.0-beta',
      'v4.0.9',
      'v4.1.1',
    ];
    expect(versions.sort(byRelease)).toEqual([
      ...['v4.1.1', 'v4.1.0-2-g1a2b', 'v4.1.0', 'v4.1.0-rc10', 'v4.1.0-rc9', 'v4.1.0-beta', 'v4.1', 'v4.0.9'],
    ]);
  });

  it('compares numbers as numbers, wherever they are', () => {
    fc.assert(
      fc.property(
        number,
        number,
        fc.constantFrom('v4.', 'v', ''),
        fc.constantFrom('', '.1', '-x'),
        (a, b, head, tail) => {
          const order = byRelease(`${head}${a}${tail}`, `${head}${b}${tail}`);
          expect(Math.sign(order)).toBe(Math.sign(b - a));
        },
      ),
    );
  });

  it('is one order, whatever order it begins with, and never calls two names the same', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 8 }), (names) => {
        const sorted = names.toSorted(byRelease);
        expect(names.toReversed().sort(byRelease)).toEqual(sorted);
        for (const [index, one] of sorted.entries())
          for (const other of sorted.slice(index + 1)) expect(byRelease(one, other)).toBeLessThan(0);
      }),
    );
  });

  it('lets no other name before latest or after unstable', () => {
    fc.assert(
      fc.property(name, (other) => {
        expect(byRelease('latest', other)).toBeLessThan(0);
        expect(byRelease(other, 'unstable')).toBeLessThan(0);
        expect(releaseKey(other).startsWith('1')).toBe(true);
      }),
    );
  });
});
