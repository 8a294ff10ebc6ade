import { expiryOf } from './time-to-live.js';

const NOW = new Date('2026-03-01T12:00:00.900Z');
const outOfRange = expect.objectContaining({ code: 'capacity.ttl_out_of_range' }) as unknown;

describe('the end of a request for nodes', () => {
  it.each([
    [15, '2026-03-01T12:15:00.000Z'],
    [720, '2026-03-02T00:00:00.000Z'],
  ])('%d minutes from now is %s', (ttlMinutes, expected) => {
    expect(expiryOf({ ttlMinutes }, NOW)).toEqual(new Date(expected));
  });

  it.each([-15, 0, 14, 721, Number.MAX_SAFE_INTEGER])('is not %d minutes from now', (ttlMinutes) => {
    expect(() => expiryOf({ ttlMinutes }, NOW)).toThrow(outOfRange as Error);
  });

  it.each([
    ['2026-03-01T12:15:00Z', '2026-03-01T12:15:00.000Z'],
    ['2026-03-01T13:30:59.999+01:00', '2026-03-01T12:30:59.000Z'],
    ['2026-03-02T00:00:00.999Z', '2026-03-02T00:00:00.000Z'],
  ])('may be given as %s', (given, expected) => {
    expect(expiryOf({ expiresAt: new Date(given) }, NOW)).toEqual(new Date(expected));
  });

  it.each(['2025-03-01T12:15:00Z', '2026-03-01T12:14:59.999Z', '2026-03-02T00:00:01Z', '9999-12-31T00:00:00Z'])(
    'may not be %s',
    (given) => {
      expect(() => expiryOf({ expiresAt: new Date(given) }, NOW)).toThrow(outOfRange as Error);
    },
  );

  it('is said in the message when it may not be', () => {
    expect(() => expiryOf({ ttlMinutes: 1 }, NOW)).toThrow(
      /until 2026-03-01T12:15:00.000Z at least and 2026-03-02T00:00:00.000Z at most/,
    );
  });
});
