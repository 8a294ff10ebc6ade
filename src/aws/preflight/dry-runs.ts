import { type EC2Client } from '@aws-sdk/client-ec2';
import { type CheckedAction } from '../preflight.types.js';

type Ec2 = typeof import('@aws-sdk/client-ec2');

/** Sends one request that is not to be carried out; always throws, and what it throws is the answer. */
export type DryRunRequest = (client: EC2Client, ec2: Ec2) => Promise<unknown>;

/** What EC2 itself answered to a request it was told not to carry out. */
export type DryRunAnswer = 'allowed' | 'denied';

const DryRun = true;

/**
 * Requests of EC2 that need nothing that is not there yet. Whoever may look may do so whatever is looked at, so what EC2
 * says of these is sure.
 */
const LOOKING: Record<string, DryRunRequest> = {
  'ec2:DescribeAddresses': (client, ec2) => client.send(new ec2.DescribeAddressesCommand({ DryRun })),
  'ec2:DescribeAvailabilityZones': (client, ec2) => client.send(new ec2.DescribeAvailabilityZonesCommand({ DryRun })),
  'ec2:DescribeImages': (client, ec2) => client.send(new ec2.DescribeImagesCommand({ DryRun })),
  'ec2:DescribeInstanceTypes': (client, ec2) => client.send(new ec2.DescribeInstanceTypesCommand({ DryRun })),
  'ec2:DescribeInstances': (client, ec2) => client.send(new ec2.DescribeInstancesCommand({ DryRun })),
  'ec2:DescribeInternetGateways': (client, ec2) => client.send(new ec2.DescribeInternetGatewaysCommand({ DryRun })),
  'ec2:DescribeLaunchTemplates': (client, ec2) => client.send(new ec2.DescribeLaunchTemplatesCommand({ DryRun })),
  'ec2:DescribeNetworkAcls': (client, ec2) => client.send(new ec2.DescribeNetworkAclsCommand({ DryRun })),
  'ec2:DescribeNetworkInterfaces': (client, ec2) => client.send(new ec2.DescribeNetworkInterfacesCommand({ DryRun })),
  'ec2:DescribeRouteTables': (client, ec2) => client.send(new ec2.DescribeRouteTablesCommand({ DryRun })),
  'ec2:DescribeSecurityGroupRules': (client, ec2) => client.send(new ec2.DescribeSecurityGroupRulesCommand({ DryRun })),
  'ec2:DescribeSecurityGroups': (client, ec2) => client.send(new ec2.DescribeSecurityGroupsCommand({ DryRun })),
  'ec2:DescribeSubnets': (client, ec2) => client.send(new ec2.DescribeSubnetsCommand({ DryRun })),
  'ec2:DescribeTags': (client, ec2) => client.send(new ec2.DescribeTagsCommand({ DryRun })),
  'ec2:DescribeVolumes': (client, ec2) => client.send(new ec2.DescribeVolumesCommand({ DryRun })),
  'ec2:DescribeVpcs': (client, ec2) => client.send(new ec2.DescribeVpcsCommand({ DryRun })),
};

/** Policies may ask for tags, sizes or places that these do not have, so only that they are allowed is sure. */
const MAKING: Record<string, DryRunRequest> = {
  'ec2:CreateInternetGateway': (client, ec2) => client.send(new ec2.CreateInternetGatewayCommand({ DryRun })),
  'ec2:CreateVpc': (client, ec2) => client.send(new ec2.CreateVpcCommand({ DryRun, CidrBlock: '10.255.0.0/16' })),
};

/** The request for an action, or undefined when there is none that could be made before anything is there. */
export function dryRunOf(action: string): DryRunRequest | undefined {
  return LOOKING[action] ?? MAKING[action];
}

/**
 * What IAM said of an action, put right by what EC2 said of it: EC2 knows the policies of organizations, endpoints and
 * sessions, and their conditions, of which IAM tells nothing or guesses.
 */
export function withDryRun(checked: CheckedAction, answer: DryRunAnswer | undefined): CheckedAction {
  const { action, verdict } = checked;
  const isSure = action in LOOKING;
  if (answer === 'denied' && isSure && verdict !== 'denied') {
    return {
      ...checked,
      verdict: 'denied',
      why: 'EC2 refused a dry run: a policy of the organization, endpoint or session',
    };
  }
  if (answer === 'denied' && verdict === 'allowed')
    return { ...checked, verdict: 'unknown', why: 'IAM allows it; EC2 refused a dry run, perhaps for want of tags' };
  if (answer === 'allowed' && (verdict === 'unknown' || (isSure && verdict === 'denied')))
    return { ...checked, verdict: 'allowed', deniedBy: null, why: '' };
  return checked;
}
