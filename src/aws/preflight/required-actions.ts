import { IDENTITY_ACTIONS } from './actions/identity-actions.js';
import { MACHINE_ACTIONS } from './actions/machine-actions.js';
import { NETWORK_ACTIONS } from './actions/network-actions.js';
import { SERVICE_ACTIONS } from './actions/service-actions.js';
import { STORAGE_ACTIONS } from './actions/storage-actions.js';
import { type ActionTable, type LookupTable, of } from './required-actions.types.js';

/** What Terraform needs for each type of resource our stacks have; a test compares the two. */
export const RESOURCE_ACTIONS: ActionTable = {
  ...NETWORK_ACTIONS,
  ...MACHINE_ACTIONS,
  ...IDENTITY_ACTIONS,
  ...STORAGE_ACTIONS,
  ...SERVICE_ACTIONS,
};

/** What it needs for each type of data source. The provider fails without the policy of a secret, which it also reads. */
export const DATA_ACTIONS: LookupTable = {
  aws_ami: of('ec2', 'DescribeImages'),
  aws_availability_zones: of('ec2', 'DescribeAvailabilityZones'),
  aws_caller_identity: of('sts', 'GetCallerIdentity'),
  aws_route53_zone: of('route53', 'ListHostedZones', 'ListHostedZonesByName', 'GetHostedZone', 'ListTagsForResource'),
  aws_secretsmanager_secret: of('secretsmanager', 'DescribeSecret', 'GetResourcePolicy'),
  aws_secretsmanager_secret_version: of('secretsmanager', 'GetSecretValue'),
};

/** Of the provider itself, whatever it is used for. */
export const PROVIDER_ACTIONS: readonly string[] = of('sts', 'GetCallerIdentity');

/** With default tags every taggable thing of EC2 is tagged when it is made. */
export const TAG_ACTIONS: readonly string[] = of('ec2', 'CreateTags', 'DeleteTags');
