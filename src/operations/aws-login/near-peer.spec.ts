import fc from 'fast-check';
import { isNear } from './near-peer.js';

const direct = (remoteAddress: string | undefined) => ({ remoteAddress, isForwarded: false, isTrusted: false });

it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('%s is this machine', (address) => {
  expect(isNear(direct(address))).toBe(true);
});

it.each(['10.0.0.1', '128.0.0.1', '::2', '::ffff:10.0.0.1', '0.0.0.0', 'fe80::1', undefined])(
  '%s is not',
  (address) => {
    expect(isNear(direct(address))).toBe(false);
  },
);

it('whoever asks for somebody else is near only when that is believed, wherever it is', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('127.0.0.1')), fc.boolean(), (remoteAddress, isTrusted) => {
      expect(isNear({ remoteAddress, isForwarded: true, isTrusted })).toBe(isTrusted);
    }),
  );
});
