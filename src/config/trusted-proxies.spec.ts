import { parseTrustedProxies } from './trusted-proxies.js';

describe('parseTrustedProxies', () => {
  it.each([
    ['', 0],
    ['0', 0],
    ['2', 2],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    [' 10.0.1.4 , 2001:db8::/32 ', ['10.0.1.4', '2001:db8::/32']],
  ])('reads %j', (text, expected) => {
    expect(parseTrustedProxies(text)).toEqual(expected);
  });

  it.each([
    '11',
    '-1',
    '1.5',
    'true',
    '*',
    '1,2',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0/8',
    'proxy.example.org',
    '10.0.0.0/',
  ])('refuses %j', (text) => {
    expect(parseTrustedProxies(text)).toBeNull();
  });
});
