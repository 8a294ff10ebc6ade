import fc from 'fast-check';
import { assertStrongPassword, type Person } from './password-rules.js';
import { similarity } from './similarity.js';

const ANN: Person = {
  username: 'researcher',
  email: 'ann@glaciers.org',
  firstName: 'Ann-Marie',
  lastName: 'Lindqvist',
};

describe('assertStrongPassword', () => {
  it.each([
    ['short1', 'shorter'],
    ['1029384756019', 'numeric'],
    ['Password123', 'common'],
    ['SlideRule', 'common'],
    ['researcher-1', 'similar to the username'],
    ['RESEARCHER', 'similar to the username'],
    ['glaciers1', 'similar to the e-mail address'],
    ['ann@glaciers.org1', 'similar to the e-mail address'],
    ['anne-marie', 'similar to the first name'],
    ['tsivqdnil', 'similar to the last name'],
  ])('refuses %s because it is %s', async (password, reason) => {
    await expect(assertStrongPassword(password, ANN)).rejects.toThrow(reason);
  });

  it('names every broken rule at once', async () => {
    await expect(assertStrongPassword('12345', ANN)).rejects.toThrow(
      'The password cannot be used: it is shorter than 8 characters, it is entirely numeric, it is one of the most common passwords. Choose another one.',
    );
  });

  it.each(['correct horse battery', 'a researcher of ice sheets', 'Ünïcödé-wörds', 'x'.repeat(1024)])(
    'accepts %s',
    async (password) => {
      await expect(assertStrongPassword(password, ANN)).resolves.toBeUndefined();
    },
  );

  it('compares with nothing where an attribute is empty', async () => {
    const nobody = { username: 'q', email: '', firstName: '', lastName: '' };
    await expect(assertStrongPassword('correct horse battery', nobody)).resolves.toBeUndefined();
  });
});

describe('similarity', () => {
  it('is 1 for the same letters in any order, symmetric, and within 0 and 1', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        expect(similarity(left, Array.from(left).reverse().join(''))).toBe(1);
        expect(similarity(left, right)).toBe(similarity(right, left));
        expect(similarity(left, right)).toBeGreaterThanOrEqual(0);
        expect(similarity(left, right)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('counts a repeated letter as often as both have it', () => {
    expect(similarity('aab', 'aac')).toBeCloseTo(4 / 6);
    expect(similarity('aaaa', 'a')).toBeCloseTo(2 / 5);
    expect(similarity('abc', 'xyz')).toBe(0);
  });
});
