import { BlockList, isIP } from 'node:net';

/**
 * Which peers may say for whom they ask (`X-Forwarded-For`): how many proxies stand in front of the service, or the
 * addresses and networks they have. With 0 nobody may, and the peer itself is the client.
 */
export type TrustedProxies = number | readonly string[];

const MAX_PROXIES = 10;

/** Null when the text is neither a count nor a list of addresses and networks. */
export function parseTrustedProxies(text: string): TrustedProxies | null {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const [first = '0'] = entries;
  if (entries.length <= 1 && /^\d+$/.test(first)) return Number(first) <= MAX_PROXIES ? Number(first) : null;
  return entries.every(isNetwork) ? entries : null;
}

function isNetwork(entry: string): boolean {
  const [address = '', prefix, ...rest] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix ?? 0), version === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    // The prefix is longer than an address.
    return false;
  }
}
