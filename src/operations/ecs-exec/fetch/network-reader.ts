import { type EC2Client, type Subnet, type VpcEndpoint } from '@aws-sdk/client-ec2';
import { type Task } from '@aws-sdk/client-ecs';
import { networkDetail } from '../names.js';
import { type Input, type NetworkFacts, read } from '../snapshot.js';
import { reading, readingAlways } from './reading.js';

/** What EC2 says of the network a task is in. */
export class NetworkReader {
  constructor(private readonly ec2: EC2Client) {}

  /** Null for a task without a network interface of its own. */
  async network(task: Task): Promise<Input<NetworkFacts | null>> {
    const subnetId = networkDetail(task, 'subnetId');
    if (subnetId === null) return read(null);
    const subnet = await this.subnet(subnetId);
    if (!subnet.isRead) return subnet;
    const vpcId = subnet.value.VpcId ?? '';
    const [networkInterface, routeTables, endpoints, networkAcls] = await Promise.all([
      this.networkInterface(networkDetail(task, 'networkInterfaceId')),
      this.routeTables(vpcId),
      this.endpoints(vpcId),
      this.networkAcls(subnetId),
    ]);
    if (!networkInterface.isRead) return networkInterface;
    if (!routeTables.isRead) return routeTables;
    if (!endpoints.isRead) return endpoints;
    if (!networkAcls.isRead) return networkAcls;
    const groups = [...(networkInterface.value?.Groups ?? []), ...endpoints.value.flatMap(({ Groups = [] }) => Groups)];
    const [securityGroups, endpointZones] = await Promise.all([
      this.securityGroups([...new Set(groups.flatMap(({ GroupId }) => GroupId ?? []))]),
      this.zonesOf(endpoints.value),
    ]);
    if (!securityGroups.isRead) return securityGroups;
    if (!endpointZones.isRead) return endpointZones;
    return read({
      subnet: subnet.value,
      networkInterface: networkInterface.value,
      routeTables: routeTables.value,
      endpoints: endpoints.value,
      endpointZones: endpointZones.value,
      securityGroups: securityGroups.value,
      networkAcls: networkAcls.value,
    });
  }

  private subnet(id: string): Promise<Input<Subnet>> {
    return readingAlways({ what: `the subnet ${id}`, permission: 'ec2:DescribeSubnets' }, async () => {
      const [subnet] = await this.subnets([id]);
      if (!subnet) throw new Error('EC2 does not know it');
      return subnet;
    });
  }

  private async subnets(ids: string[]): Promise<Subnet[]> {
    const { DescribeSubnetsCommand } = await import('@aws-sdk/client-ec2');
    return (await this.ec2.send(new DescribeSubnetsCommand({ SubnetIds: ids }))).Subnets ?? [];
  }

  /** Gone with the task, so there may be none. */
  private networkInterface(id: string | null): Promise<Input<NetworkFacts['networkInterface']>> {
    const how = { what: 'the network interface of the task', permission: 'ec2:DescribeNetworkInterfaces' };
    return reading({ ...how, absent: ['InvalidNetworkInterfaceID.NotFound'] }, async () => {
      if (id === null) return null;
      const { DescribeNetworkInterfacesCommand } = await import('@aws-sdk/client-ec2');
      const answer = await this.ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }));
      return answer.NetworkInterfaces?.[0] ?? null;
    });
  }

  private routeTables(vpcId: string): Promise<Input<NetworkFacts['routeTables']>> {
    return readingAlways({ what: 'the route tables of the VPC', permission: 'ec2:DescribeRouteTables' }, async () => {
      const { paginateDescribeRouteTables } = await import('@aws-sdk/client-ec2');
      const all: NetworkFacts['routeTables'] = [];
      for await (const { RouteTables = [] } of paginateDescribeRouteTables({ client: this.ec2 }, inVpc(vpcId)))
        all.push(...RouteTables);
      return all;
    });
  }

  private endpoints(vpcId: string): Promise<Input<VpcEndpoint[]>> {
    return readingAlways({ what: 'the endpoints of the VPC', permission: 'ec2:DescribeVpcEndpoints' }, async () => {
      const { paginateDescribeVpcEndpoints } = await import('@aws-sdk/client-ec2');
      const all: VpcEndpoint[] = [];
      for await (const { VpcEndpoints = [] } of paginateDescribeVpcEndpoints({ client: this.ec2 }, inVpc(vpcId)))
        all.push(...VpcEndpoints);
      return all;
    });
  }

  private networkAcls(subnetId: string): Promise<Input<NetworkFacts['networkAcls']>> {
    return readingAlways({ what: 'the network ACL of the subnet', permission: 'ec2:DescribeNetworkAcls' }, async () => {
      const { DescribeNetworkAclsCommand } = await import('@aws-sdk/client-ec2');
      const Filters = [{ Name: 'association.subnet-id', Values: [subnetId] }];
      return (await this.ec2.send(new DescribeNetworkAclsCommand({ Filters }))).NetworkAcls ?? [];
    });
  }

  private securityGroups(ids: string[]): Promise<Input<NetworkFacts['securityGroups']>> {
    return readingAlways({ what: 'the security groups', permission: 'ec2:DescribeSecurityGroups' }, async () => {
      if (ids.length === 0) return [];
      const { DescribeSecurityGroupsCommand } = await import('@aws-sdk/client-ec2');
      return (await this.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: ids }))).SecurityGroups ?? [];
    });
  }

  private zonesOf(endpoints: VpcEndpoint[]): Promise<Input<NetworkFacts['endpointZones']>> {
    return readingAlways({ what: 'the subnets of the endpoints', permission: 'ec2:DescribeSubnets' }, async () => {
      const ids = [...new Set(endpoints.flatMap(({ SubnetIds = [] }) => SubnetIds))];
      const subnets = ids.length === 0 ? [] : await this.subnets(ids);
      const zoneOf = new Map(subnets.map(({ SubnetId, AvailabilityZone }) => [SubnetId, AvailabilityZone]));
      return Object.fromEntries(
        endpoints.map(({ VpcEndpointId = '', SubnetIds = [] }) => [
          VpcEndpointId,
          SubnetIds.flatMap((id) => zoneOf.get(id) ?? []),
        ]),
      );
    });
  }
}

function inVpc(vpcId: string) {
  return { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] };
}
