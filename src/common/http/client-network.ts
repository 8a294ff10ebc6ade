import { isIPv4, isIPv6 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const GROUPS = 8;
const NETWORK_GROUPS = 4;

/**
 * What counts as one client address: an IPv4 address, or the /64 network of an IPv6 address, because one host usually
 * has all of its /64 to choose from. Anything else stays as it is.
 */
export function clientNetwork(address: string): string {
  const withoutZone = address.split('%')[0] ?? '';
  const mapped = MAPPED_IPV4.exec(withoutZone)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (!isIPv6(withoutZone)) return address;
  const groups = expand(withoutZone).slice(0, NETWORK_GROUPS);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** The eight groups; a dotted tail stands for the last two and is never part of the network. */
function expand(address: string): string[] {
  const [head = '', tail] = address.replace(/\d+\.\d+\.\d+\.\d+$/, '0:0').split('::');
  const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));
  if (tail === undefined) return groupsOf(head);
  const [before, after] = [groupsOf(head), groupsOf(tail)];
  return [...before, ...Array<string>(GROUPS - before.length - after.length).fill('0'), ...after];
}
