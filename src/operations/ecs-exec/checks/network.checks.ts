import { type Cluster, type Task } from '@aws-sdk/client-ecs';
import { type VpcEndpoint } from '@aws-sdk/client-ec2';
import { aclAdmits, allowsChannels, groupAdmits, mayLeave, routeOf, type Way } from '../network-rules.js';
import { accountOf, dnsSuffixOf, execConfiguration, sessionBucket } from '../names.js';
import { type ExecSnapshot, type NetworkFacts, valueOf } from '../snapshot.js';
import { type Check, fail, type Finding, given, NO_TASK, pass, skip, unknown, warn } from './check.js';
import { sessionLog } from './session-log.js';

const OWN_NETWORK = 'The task has no network interface of its own (network mode bridge or host); look at the machine.';

export const networkChecks: Check[] = [
  { id: 'exec.net.egress', run: egress },
  { id: 'exec.net.endpoint', run: endpoint },
  { id: 'exec.net.services', run: services },
];

/** The agent in the container connects to AWS, and nobody connects to it. */
function egress(snapshot: ExecSnapshot): Finding {
  return ofNetwork(snapshot, (network, task) => {
    const { subnet, networkInterface } = network;
    const way = routeOf(network);
    const evidence = { subnet: subnet.SubnetId, way, publicIp: networkInterface?.Association?.PublicIp ?? null };
    if (!mayLeave(network))
      return fail(
        'The security groups of the task let nothing out to port 443.',
        'Allow egress to port 443.',
        evidence,
      );
    if (!aclAdmits(network))
      return fail(
        'The network ACL of the subnet stops port 443, or the answers to ports 1024 to 65535.',
        'Allow outbound port 443 and inbound ports 1024 to 65535.',
        evidence,
      );
    switch (way) {
      case 'nat':
        return pass('The subnet reaches the internet through a NAT gateway.', evidence);
      case 'internet':
        return networkInterface?.Association?.PublicIp !== undefined
          ? pass('The task reaches the internet with an address of its own.', evidence)
          : withoutEgress(
              network,
              snapshot,
              'The subnet has an internet gateway, but the task has no public address',
              evidence,
            );
      case 'other':
        return warn(
          'The subnet sends what is for the internet through a transit gateway, a firewall or another machine, behind which nothing can be seen.',
          'Make sure that port 443 of ssmmessages is reached that way.',
          evidence,
        );
      case 'none':
        return isShared(network, task)
          ? unknown(
              'The subnet is shared by another account, whose routes cannot be seen.',
              'Ask that account.',
              evidence,
            )
          : withoutEgress(network, snapshot, 'The subnet has no way to the internet', evidence);
    }
  });
}

function endpoint(snapshot: ExecSnapshot): Finding {
  return ofNetwork(snapshot, (network, task) => {
    if (isShared(network, task))
      return unknown(
        'The subnet is shared by another account, whose endpoints cannot be seen.',
        'Ask that account; a way to the internet does as well.',
      );
    const names = network.endpoints.map(({ ServiceName }) => ServiceName ?? '');
    if (names.length === 0) return skip('The VPC has no endpoints; the way to the internet counts.');
    const found = endpointOf(network, snapshot.region, 'ssmmessages');
    if (!found)
      return warn(
        'The VPC has endpoints, but none for ssmmessages.',
        'Add one, unless the task has a way to the internet.',
        { names },
      );
    return examined(found, network, snapshot);
  });
}

function examined(found: VpcEndpoint, network: NetworkFacts, { task }: ExecSnapshot): Finding {
  const zone = valueOf(task)?.availabilityZone ?? network.subnet.AvailabilityZone;
  const inSubnet = found.SubnetIds ?? [];
  const evidence = { id: found.VpcEndpointId, state: found.State, subnets: inSubnet, zone };
  // The SDK names the states with a capital letter, and AWS answers without.
  if (found.State?.toLowerCase() !== 'available')
    return fail(
      `The endpoint of ssmmessages is ${found.State ?? 'in an unknown state'}.`,
      'Wait, or make it anew.',
      evidence,
    );
  if (found.PrivateDnsEnabled !== true)
    return fail(
      'The endpoint of ssmmessages has no private DNS name, so the agent does not find it.',
      'Enable private DNS of the endpoint, and DNS support of the VPC.',
      evidence,
    );
  if (!groupAdmits(found, network))
    return fail(
      'The security groups of the endpoint of ssmmessages do not let the task in at port 443.',
      'Allow ingress at port 443 from the security group or the subnet of the task.',
      evidence,
    );
  if (!allowsChannels(found.PolicyDocument))
    return fail(
      'The policy of the endpoint of ssmmessages does not allow the four actions of sessions.',
      'Allow ssmmessages:* for the role of the task.',
      evidence,
    );
  if (
    inSubnet.length > 0 &&
    !inSubnet.includes(network.subnet.SubnetId ?? '') &&
    network.endpointZones[found.VpcEndpointId ?? '']?.includes(zone ?? '') === false
  )
    return warn(
      `The endpoint of ssmmessages has no address in the zone of the task (${zone ?? 'unknown'}); when the other zone fails, sessions do.`,
      'Add a subnet of that zone to the endpoint.',
      evidence,
    );
  return pass('The endpoint of ssmmessages takes the task in.', evidence);
}

/** Encrypted and logged sessions need more than one service. */
function services(snapshot: ExecSnapshot): Finding {
  return ofNetwork(snapshot, (network, task) =>
    given<[Cluster | null, string | null]>([snapshot.cluster, sessionLog(snapshot)], (cluster, group) => {
      const used = [
        ...(execConfiguration(cluster)?.kmsKeyId === undefined ? [] : ['kms']),
        ...(group === null ? [] : ['logs']),
        ...(sessionBucket(cluster) === null ? [] : ['s3']),
      ];
      if (used.length === 0) return skip('Sessions use neither KMS nor logs nor a bucket.');
      if (reachesInternet(network)) return pass(`${used.join(', ')} are reached over the internet.`, { used });
      if (isShared(network, task))
        return unknown(
          'The subnet is shared by another account, whose endpoints cannot be seen.',
          'Ask that account.',
          { used },
        );
      const missing = used.filter((service) => endpointOf(network, snapshot.region, service) === null);
      if (missing.length === 0) return pass(`There are endpoints for ${used.join(', ')}.`, { used });
      return fail(
        `There is neither a way to the internet nor an endpoint for ${missing.join(', ')}.`,
        `Add ${missing.map((service) => (service === 's3' ? 'a gateway endpoint for s3' : `an interface endpoint for ${service}`)).join(', ')}.`,
        { used, missing },
      );
    }),
  );
}

function withoutEgress(
  network: NetworkFacts,
  { region }: ExecSnapshot,
  detail: string,
  evidence: Record<string, unknown>,
): Finding {
  if (endpointOf(network, region, 'ssmmessages'))
    return pass(`${detail}; the endpoint of ssmmessages takes its place.`, evidence);
  return fail(
    `${detail}, and there is no endpoint of ssmmessages.`,
    'Add a route to a NAT gateway, or an interface endpoint for ssmmessages.',
    evidence,
  );
}

function reachesInternet(network: NetworkFacts): boolean {
  const way: Way = routeOf(network);
  return way === 'internet' ? network.networkInterface?.Association?.PublicIp !== undefined : way !== 'none';
}

/** Null when there is none. Names begin with the DNS suffix turned round: `com.amazonaws.us-west-2.ssmmessages`. */
function endpointOf({ endpoints }: NetworkFacts, region: string, service: string): VpcEndpoint | null {
  const prefix = dnsSuffixOf(region).split('.').reverse().join('.');
  return endpoints.find(({ ServiceName }) => ServiceName === `${prefix}.${region}.${service}`) ?? null;
}

function isShared({ subnet }: NetworkFacts, { taskArn = '' }: Task): boolean {
  return subnet.OwnerId !== undefined && subnet.OwnerId !== accountOf(taskArn);
}

function ofNetwork(snapshot: ExecSnapshot, rule: (network: NetworkFacts, task: Task) => Finding): Finding {
  return given<[Task | null, NetworkFacts | null]>([snapshot.task, snapshot.network], (task, network) => {
    if (!task) return NO_TASK;
    return network ? rule(network, task) : skip(OWN_NETWORK);
  });
}
