import { read } from '../../../src/operations/ecs-exec/snapshot.js';
import {
  type Case,
  exec,
  network,
  endpoint,
  noRoute,
  noEndpoints,
  internetGateway,
  shared,
  notLogged,
  hide,
  both,
  policy,
} from './spoils.js';

export const networkCases: Case[] = [
  [
    'exec.net.egress',
    'fail',
    'no group lets it out',
    (s) => (network(s).securityGroups[0]!.IpPermissionsEgress = [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 }]),
  ],
  [
    'exec.net.egress',
    'fail',
    'the first rule of the ACL stops it',
    (s) =>
      network(s).networkAcls[0]!.Entries!.push({
        Egress: true,
        Protocol: '6',
        PortRange: { From: 443, To: 443 },
        RuleNumber: 50,
        RuleAction: 'deny',
        CidrBlock: '0.0.0.0/0',
      }),
  ],
  ['exec.net.egress', 'pass', 'an endpoint takes the place of a route', noRoute],
  ['exec.net.egress', 'fail', 'there is neither route nor endpoint', both(noRoute, noEndpoints)],
  [
    'exec.net.egress',
    'fail',
    'the NAT gateway is gone',
    both((s) => (network(s).routeTables[1]!.Routes![0]!.State = 'blackhole'), noEndpoints),
  ],
  ['exec.net.egress', 'fail', 'an internet gateway, and no public address', both(internetGateway, noEndpoints)],
  [
    'exec.net.egress',
    'pass',
    'an internet gateway, and a public address',
    both(internetGateway, noEndpoints, (s) => (network(s).networkInterface!.Association = { PublicIp: '203.0.113.7' })),
  ],
  [
    'exec.net.egress',
    'warn',
    'a transit gateway',
    (s) => (network(s).routeTables[1]!.Routes = [{ DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: 'tgw-1' }]),
  ],
  [
    'exec.net.egress',
    'unknown',
    'the subnet is shared, and its routes are not seen',
    both(shared, (s) => (network(s).routeTables = [])),
  ],
  ['exec.net.egress', 'pass', 'the subnet is shared, and its routes are seen', shared],
  ['exec.net.egress', 'skip', 'the task has no interface of its own', (s) => (s.network = read(null))],
  ['exec.net.egress', 'unknown', 'the network may not be read', hide('network', 'ec2:DescribeRouteTables')],
  ['exec.net.endpoint', 'skip', 'there are none', noEndpoints],
  [
    'exec.net.endpoint',
    'warn',
    'there are others',
    (s) => (endpoint(s).ServiceName = 'com.amazonaws.us-west-2.ecr.api'),
  ],
  ['exec.net.endpoint', 'fail', 'it is not there yet', (s) => (endpoint(s).State = 'Pending')],
  ['exec.net.endpoint', 'fail', 'it has no private name', (s) => (endpoint(s).PrivateDnsEnabled = false)],
  [
    'exec.net.endpoint',
    'fail',
    'its group lets others in',
    (s) => (network(s).securityGroups[1]!.IpPermissions![0]!.UserIdGroupPairs = [{ GroupId: 'sg-other' }]),
  ],
  [
    'exec.net.endpoint',
    'pass',
    'its group lets the subnet in',
    (s) =>
      Object.assign(network(s).securityGroups[1]!.IpPermissions![0]!, {
        UserIdGroupPairs: [],
        IpRanges: [{ CidrIp: '10.0.0.0/16' }],
      }),
  ],
  [
    'exec.net.endpoint',
    'fail',
    'its group lets another subnet in',
    (s) =>
      Object.assign(network(s).securityGroups[1]!.IpPermissions![0]!, {
        UserIdGroupPairs: [],
        IpRanges: [{ CidrIp: '10.0.2.0/24' }],
      }),
  ],
  [
    'exec.net.endpoint',
    'fail',
    'its policy allows too little',
    (s) => (endpoint(s).PolicyDocument = policy('Allow', 'ssmmessages:Open*')),
  ],
  [
    'exec.net.endpoint',
    'fail',
    'its policy denies',
    (s) => (endpoint(s).PolicyDocument = policy('Deny', 'ssmmessages:OpenDataChannel')),
  ],
  [
    'exec.net.endpoint',
    'pass',
    'its policy allows the actions',
    (s) => (endpoint(s).PolicyDocument = policy('Allow', 'ssmmessages:*')),
  ],
  [
    'exec.net.endpoint',
    'warn',
    'it has no address in the zone',
    both(
      (s) => (endpoint(s).SubnetIds = ['subnet-2']),
      (s) => (network(s).endpointZones = { 'vpce-1': ['us-west-2b'] }),
    ),
  ],
  ['exec.net.endpoint', 'unknown', 'the subnet is shared', shared],
  ['exec.net.services', 'fail', 'no way leads to them', noRoute],
  [
    'exec.net.services',
    'pass',
    'endpoints lead to them',
    both(noRoute, (s) =>
      network(s).endpoints.push(
        ...['kms', 'logs', 's3'].map((name) => ({ ServiceName: `com.amazonaws.us-west-2.${name}` })),
      ),
    ),
  ],
  ['exec.net.services', 'skip', 'none is used', both(notLogged, (s) => (exec(s).kmsKeyId = undefined))],
  ['exec.net.services', 'unknown', 'the subnet is shared', both(shared, (s) => (network(s).routeTables = []))],
];
