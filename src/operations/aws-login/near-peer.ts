import { BlockList, isIPv4 } from 'node:net';

/** Where a request came from, as the HTTP server tells it. */
export interface Peer {
  /** Of the other end of the connection; undefined when that is gone. */
  remoteAddress: string | undefined;
  /** Whether it says that it asks for somebody else. */
  isForwarded: boolean;
  /** Whether it is believed (PS_TRUSTED_PROXIES). */
  isTrusted: boolean;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
const MAPPED = /^::ffff:/i;

/**
 * Whether credentials of this machine may be changed by whoever is there: a program on the machine itself, or somebody
 * behind a proxy that is trusted. A proxy on the machine that nobody has named hands on anybody.
 */
export function isNear({ remoteAddress, isForwarded, isTrusted }: Peer): boolean {
  if (isForwarded) return isTrusted;
  if (remoteAddress === undefined) return false;
  const address = remoteAddress.replace(MAPPED, '');
  return LOOPBACK.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
