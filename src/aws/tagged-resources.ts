import { type AutoScalingClient, paginateDescribeAutoScalingGroups } from '@aws-sdk/client-auto-scaling';
import {
  type EC2Client,
  type Filter,
  paginateDescribeInstances,
  paginateDescribeInternetGateways,
  paginateDescribeLaunchTemplates,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVpcs,
  type RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import { type CloudResource, LISTED_IN_EC2, type Tag } from './aws.types.js';

interface SdkTag {
  Key?: string;
  Value?: string;
}
interface Found {
  /** Where it is not the type that is listed. */
  type?: string;
  id: string | undefined;
  importId?: string;
  name?: string | undefined;
  tags: SdkTag[] | undefined;
}

/** Machines in these states exist; those that were terminated are still told of for an hour. */
const EXISTING = ['pending', 'running', 'stopping', 'stopped'];
const MADE_BY_GROUP = 'aws:autoscaling:groupName';
const BEING_DELETED = 'Delete in progress';

type Listing = (client: EC2Client, Filters: Filter[]) => AsyncIterable<Found[]>;

const LISTINGS: Record<(typeof LISTED_IN_EC2)[number], Listing> = {
  aws_vpc: async function* (client, Filters) {
    for await (const { Vpcs = [] } of paginateDescribeVpcs({ client }, { Filters }))
      yield Vpcs.map(({ VpcId, Tags }) => ({ id: VpcId, tags: Tags }));
  },
  aws_subnet: async function* (client, Filters) {
    for await (const { Subnets = [] } of paginateDescribeSubnets({ client }, { Filters }))
      yield Subnets.map(({ SubnetId, Tags }) => ({ id: SubnetId, tags: Tags }));
  },
  aws_internet_gateway: async function* (client, Filters) {
    for await (const { InternetGateways = [] } of paginateDescribeInternetGateways({ client }, { Filters }))
      yield InternetGateways.map(({ InternetGatewayId, Tags }) => ({ id: InternetGatewayId, tags: Tags }));
  },
  // With their associations, which have no tags of their own, and which AWS refuses to make twice.
  aws_route_table: async function* (client, Filters) {
    for await (const { RouteTables = [] } of paginateDescribeRouteTables({ client }, { Filters }))
      yield RouteTables.flatMap(({ RouteTableId, Tags, Associations }) => [
        { id: RouteTableId, tags: Tags },
        ...associationsOf(RouteTableId, Associations),
      ]);
  },
  aws_security_group: async function* (client, Filters) {
    for await (const { SecurityGroups = [] } of paginateDescribeSecurityGroups({ client }, { Filters }))
      yield SecurityGroups.map(({ GroupId, GroupName, Tags }) => ({ id: GroupId, name: GroupName, tags: Tags }));
  },
  aws_launch_template: async function* (client, Filters) {
    for await (const { LaunchTemplates = [] } of paginateDescribeLaunchTemplates({ client }, { Filters }))
      yield LaunchTemplates.map(({ LaunchTemplateId, LaunchTemplateName, Tags }) => ({
        ...{ id: LaunchTemplateId, name: LaunchTemplateName, tags: Tags },
      }));
  },
  aws_instance: async function* (client, Filters) {
    const existing = [...Filters, { Name: 'instance-state-name', Values: EXISTING }];
    for await (const { Reservations = [] } of paginateDescribeInstances({ client }, { Filters: existing }))
      yield Reservations.flatMap(({ Instances = [] }) => Instances)
        .filter(({ Tags }) => valueOf(Tags, MADE_BY_GROUP) === undefined)
        .map(({ InstanceId, Tags }) => ({ id: InstanceId, tags: Tags }));
  },
};

/** Networks, security groups, launch templates and machines that have the tag. */
export async function listTaggedInEc2(client: EC2Client, { key, value }: Tag): Promise<CloudResource[]> {
  const filters = [{ Name: `tag:${key}`, Values: [value] }];
  const listed = Object.entries(LISTINGS).map(async ([type, list]) => {
    const found: CloudResource[] = [];
    for await (const page of list(client, filters)) found.push(...page.flatMap((one) => asResource(type, one)));
    return found;
  });
  return (await Promise.all(listed)).flat();
}

/** Scaling groups that have the tag. */
export async function listTaggedGroups(client: AutoScalingClient, { key, value }: Tag): Promise<CloudResource[]> {
  const Filters = [{ Name: `tag:${key}`, Values: [value] }];
  const found: CloudResource[] = [];
  for await (const { AutoScalingGroups = [] } of paginateDescribeAutoScalingGroups({ client }, { Filters })) {
    for (const { AutoScalingGroupName: id, Status, Tags: tags } of AutoScalingGroups)
      if (Status !== BEING_DELETED) found.push(...asResource('aws_autoscaling_group', { id, tags }));
  }
  return found;
}

/** Those with subnets; the one of the network itself is made by AWS. */
function associationsOf(routeTableId: string | undefined, associations: RouteTableAssociation[] = []): Found[] {
  return associations
    .filter(({ SubnetId }) => SubnetId !== undefined)
    .map(({ RouteTableAssociationId: id, SubnetId }) => ({
      ...{ type: 'aws_route_table_association', id, importId: `${SubnetId}/${routeTableId}`, tags: [] },
    }));
}

function asResource(listed: string, { type = listed, id, importId, name, tags }: Found): CloudResource[] {
  if (id === undefined) return [];
  return [{ type, id, ...(importId === undefined ? {} : { importId }), name: name ?? valueOf(tags, 'Name') ?? null }];
}

function valueOf(tags: SdkTag[] | undefined, key: string): string | undefined {
  return tags?.find((tag) => tag.Key === key)?.Value;
}
