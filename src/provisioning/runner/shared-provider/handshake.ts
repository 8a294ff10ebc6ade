import { dirname, normalize } from 'node:path';

/**
 * What a Terraform provider is started with, and answers with: the handshake of HashiCorp's go-plugin. The cookie is no
 * secret; it keeps people from starting a provider by mistake.
 */
export const PROVIDER_ENVIRONMENT: Readonly<Record<string, string>> = {
  TF_PLUGIN_MAGIC_COOKIE: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
  PLUGIN_PROTOCOL_VERSIONS: '5,6',
};

/** One line: version of the handshake, version of Terraform's protocol, network, address, kind of RPC; more may follow. */
const HANDSHAKE = /^1\|(\d+)\|(unix|tcp)\|([^|]+)\|grpc(?:\|.*)?$/;
const LOOPBACK = /^(?:127\.0\.0\.1|\[::1\]):\d+$/;

/** Where a provider listens. */
export interface ProviderAddress {
  protocolVersion: number;
  network: 'unix' | 'tcp';
  address: string;
}

/**
 * Which providers are used that listen where others than this service could reach them: `socket` only those whose Unix
 * socket lies in the private directory they were given, `loopback` also those on a port of this machine.
 */
export type ProviderReach = 'socket' | 'loopback';

/** The first line of a provider's output; null if it is no handshake. */
export function parseHandshake(line: string): ProviderAddress | null {
  const [, version, network, address] = HANDSHAKE.exec(line.trim()) ?? [];
  if (version === undefined || address === undefined || (network !== 'unix' && network !== 'tcp')) return null;
  return { protocolVersion: Number(version), network, address };
}

/**
 * Whether nobody else can talk to the provider, as far as `reach` asks for that: it has our credentials, and asks nobody
 * who he is. `directory` is its TMPDIR, spelled as it was told.
 */
export function isWithin({ network, address }: ProviderAddress, reach: ProviderReach, directory: string): boolean {
  if (network === 'unix') return dirname(normalize(address)) === directory;
  return reach === 'loopback' && LOOPBACK.test(address);
}

/** The variable by which Terraform uses a provider that runs already, and leaves it running (`Test`). */
export function reattachment(source: string, pid: number, { protocolVersion, network, address }: ProviderAddress) {
  const reattach = { Protocol: 'grpc', ProtocolVersion: protocolVersion, Pid: pid, Test: true };
  const entry = { ...reattach, Addr: { Network: network, String: address } };
  return { TF_REATTACH_PROVIDERS: JSON.stringify({ [source]: entry }) };
}
