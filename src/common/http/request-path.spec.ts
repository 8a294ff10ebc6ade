import fc from 'fast-check';
import { isModernPath, routedPath, withSoundEscapes } from './request-path.js';

describe('the path of a request', () => {
  it.each([
    ['/api/v1/organizations', true],
    ['/api/v1', true],
    ['/%61pi/v1/x?y=%zz', true],
    ['/admin/users#x', true],
    ['/health/live', true],
    ['/api/v10/x', false],
    ['/api/org_token/', false],
    ['/administrators', false],
    ['/', false],
    ['*', false],
  ])('%s belongs to the new API: %j', (url, isModern) => {
    expect(isModernPath(routedPath(url))).toBe(isModern);
  });

  it('keeps escapes that can be decoded, and those of the query', () => {
    expect(withSoundEscapes('/a%20b%2Fc?x=%zz')).toBe('/a%20b%2Fc?x=%zz');
    expect(routedPath('/a%20b%2Fc?x=%zz')).toBe('/a b%2Fc');
  });

  it.each(['/%E0%A4%A/', '/%', '/%zz', '/%ED%A0%80', '/a%20b%'])(
    'makes every percent sign of %s stand for itself',
    (path) => {
      expect(decodeURIComponent(withSoundEscapes(`${path}?q=%`).split('?')[0]!)).toBe(path);
    },
  );

  it('never leaves a path that cannot be decoded', () => {
    const target = fc.string({ unit: fc.constantFrom('%', '0', 'a', 'f', 'E', '2', '/', '?', '#', '.') });
    fc.assert(
      fc.property(target, (url) => {
        expect(() => routedPath(withSoundEscapes(url))).not.toThrow();
      }),
    );
  });
});
