import { BlockList, isIPv4 } from 'node:net';
import { type Peer } from './aws-login.types.js';

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
