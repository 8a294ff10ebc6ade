import { HostCookie, readCookie } from './cookies.js';

describe('readCookie', () => {
  it.each<[string | undefined, string | null]>([
    [undefined, null],
    ['', null],
    ['b=1', null],
    ['xa=1; ab=2', null],
    ['a=1', '1'],
    ['b=2; a=1; c=3', '1'],
    ['b=2;a = 1 ', '1'],
    ['a=x=y==', 'x=y=='],
    ['a=', ''],
    ['a', ''],
    ['a=first; a=second', 'first'],
  ])('reads a from %j', (header, value) => {
    expect(readCookie(header, 'a')).toBe(value);
  });
});

describe('HostCookie', () => {
  const options = { maxAgeSeconds: 60, sameSite: 'Strict' } as const;

  it('is taken from this host only where browsers can know, and from no script', () => {
    const cookie = new HostCookie('a', 'https://ps.example.org', options);
    expect(cookie.write('1')).toBe('__Host-a=1; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure');
    expect(cookie.clear()).toBe('__Host-a=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure');
    // One without the prefix may come from a sibling host.
    expect([cookie.read('a=2'), cookie.read('a=2; __Host-a=1')]).toEqual([null, '1']);
  });

  it('works without https, for development', () => {
    const cookie = new HostCookie('a', 'http://localhost:8000', options);
    expect(cookie.write('1')).toBe('a=1; Path=/; Max-Age=60; HttpOnly; SameSite=Strict');
    expect(cookie.read('a=1')).toBe('1');
  });
});
