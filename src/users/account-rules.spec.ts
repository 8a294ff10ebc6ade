import { assertNoForeignAddress, isEmailAddress, masked } from './account-rules.js';

describe('isEmailAddress', () => {
  it.each(['a@b.co', 'first.last+tag@sub.example.org', "o'neil@example.org", 'a@xn--bcher-kva.example'])(
    'accepts %s',
    (text) => {
      expect(isEmailAddress(text)).toBe(true);
    },
  );

  it.each([
    '',
    '@',
    'ann',
    'ann@',
    '@example.org',
    'ann@example',
    'ann@.org',
    'ann@-example.org',
    'ann@example-.org',
    'ann@exa mple.org',
    '.ann@example.org',
    'ann.@example.org',
    'an..n@example.org',
    'ann@ben@example.org',
    'ann@example.org\nBcc: ben@example.org',
    'ann\0@example.org',
    'änn@example.org',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(60)}.org`,
  ])('refuses %j', (text) => {
    expect(isEmailAddress(text)).toBe(false);
  });
});

describe('assertNoForeignAddress', () => {
  it('lets people be named after their own addresses only', () => {
    const check = (username: string): void => {
      assertNoForeignAddress(username, ['Ann@Example.org']);
    };
    expect(() => {
      check('ann@example.org');
    }).not.toThrow();
    expect(() => {
      check('ann@work');
    }).not.toThrow();
    expect(() => {
      check('ben@example.org');
    }).toThrow('must be an address of this account');
  });
});

describe('masked', () => {
  it('keeps the first letter and the domain', () => {
    expect(masked('ann@example.org')).toBe('a***@example.org');
  });
});
