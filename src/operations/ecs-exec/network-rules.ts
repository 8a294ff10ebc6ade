import {
  type IpPermission,
  type NetworkAclEntry,
  type Route,
  type SecurityGroup,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { CHANNEL_ACTIONS } from './required-rights.js';
import { type NetworkFacts } from './snapshot.js';

const HTTPS = 443;
/** Where answers come back to. */
const ANSWERS = { from: 1024, to: 65_535 };

/** What the subnet sends through for the internet. */
export type Way = 'nat' | 'internet' | 'other' | 'none';

/** By the subnet's own route table, or the main one of the VPC where it has none. */
export function routeOf({ routeTables, subnet }: NetworkFacts): Way {
  const own = routeTables.find(({ Associations = [] }) =>
    Associations.some(({ SubnetId }) => SubnetId === subnet.SubnetId),
  );
  const main = routeTables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main === true));
  const routes = (own ?? main)?.Routes ?? [];
  const ways = routes
    .filter(({ DestinationCidrBlock, State }) => DestinationCidrBlock === '0.0.0.0/0' && State !== 'blackhole')
    .map(wayOf);
  return ways[0] ?? 'none';
}

function wayOf({ NatGatewayId, GatewayId }: Route): Way {
  if (NatGatewayId !== undefined) return 'nat';
  return GatewayId?.startsWith('igw-') === true ? 'internet' : 'other';
}

/** Whether a security group of the task lets it out to port 443, to anywhere. */
export function mayLeave({ networkInterface, securityGroups }: NetworkFacts): boolean {
  const own = groupsOf(networkInterface?.Groups?.map(({ GroupId }) => GroupId ?? '') ?? [], securityGroups);
  if (own.length === 0) return true;
  return own.some(({ IpPermissionsEgress = [] }) => IpPermissionsEgress.some(coversHttps));
}

/** Whether the endpoint's security groups let the task in at port 443: by its group, its subnet, or everybody. */
export function groupAdmits(
  { Groups = [] }: VpcEndpoint,
  { networkInterface, securityGroups, subnet }: NetworkFacts,
): boolean {
  const ofTask = new Set(networkInterface?.Groups?.map(({ GroupId }) => GroupId));
  const address = networkInterface?.PrivateIpAddress ?? subnet.CidrBlock?.split('/')[0] ?? '';
  const guards = groupsOf(
    Groups.map(({ GroupId }) => GroupId ?? ''),
    securityGroups,
  );
  return guards.some(({ IpPermissions = [] }) =>
    IpPermissions.filter(coversHttps).some(
      ({ UserIdGroupPairs = [], IpRanges = [], PrefixListIds = [] }) =>
        UserIdGroupPairs.some(({ GroupId }) => ofTask.has(GroupId)) ||
        IpRanges.some(({ CidrIp = '' }) => contains(CidrIp, address)) ||
        PrefixListIds.length > 0,
    ),
  );
}

/** Whether the first rules that match let port 443 out, and answers in. Without ACLs nothing is known against it. */
export function aclAdmits({ networkAcls }: NetworkFacts): boolean {
  const entries = networkAcls.flatMap(({ Entries = [] }) => Entries);
  if (entries.length === 0) return true;
  return isAdmitted(entries, true, { from: HTTPS, to: HTTPS }) && isAdmitted(entries, false, ANSWERS);
}

/** A policy of an endpoint; without one everything is allowed. */
export function allowsChannels(document: string | undefined): boolean {
  if (document === undefined || document === '') return true;
  const { Statement = [] } = JSON.parse(document) as { Statement?: Statement | Statement[] };
  const statements = [Statement].flat();
  return CHANNEL_ACTIONS.every(
    (action) =>
      statements.some((statement) => statement.Effect === 'Allow' && matches(statement, action)) &&
      !statements.some(
        (statement) => statement.Effect === 'Deny' && statement.Condition === undefined && matches(statement, action),
      ),
  );
}

interface Statement {
  Effect?: string;
  Action?: string | string[];
  Condition?: unknown;
}

function matches({ Action = [] }: Statement, action: string): boolean {
  return [Action].flat().some((pattern) => {
    const [head = '', ...rest] = pattern.toLowerCase().split('*');
    return rest.length === 0 ? head === action.toLowerCase() : action.toLowerCase().startsWith(head);
  });
}

function groupsOf(ids: string[], groups: SecurityGroup[]): SecurityGroup[] {
  return groups.filter(({ GroupId }) => ids.includes(GroupId ?? ''));
}

function coversHttps({ IpProtocol, FromPort, ToPort }: IpPermission): boolean {
  if (IpProtocol === '-1') return true;
  return IpProtocol === 'tcp' && (FromPort ?? 0) <= HTTPS && (ToPort ?? 65_535) >= HTTPS;
}

/** Rules are read in the order of their numbers, and the first that matches decides. */
function isAdmitted(entries: NetworkAclEntry[], isOut: boolean, ports: { from: number; to: number }): boolean {
  const [first] = entries
    .filter(({ Egress, CidrBlock }) => Egress === isOut && CidrBlock === '0.0.0.0/0')
    .filter(({ Protocol, PortRange }) => {
      if (Protocol === '-1') return true;
      return Protocol === '6' && (PortRange?.From ?? 0) <= ports.from && (PortRange?.To ?? 65_535) >= ports.to;
    })
    .sort((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));
  return first?.RuleAction === 'allow';
}

/** Whether the IPv4 network has the address. */
function contains(network: string, address: string): boolean {
  const [base = '', bits = '32'] = network.split('/');
  const [one, other] = [base, address].map(numberOf);
  if (one === undefined || other === undefined || Number.isNaN(one) || Number.isNaN(other)) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(one / size) === Math.floor(other / size);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
