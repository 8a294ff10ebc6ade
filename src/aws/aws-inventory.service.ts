import { Injectable } from '@nestjs/common';
import { AwsClients } from './aws-clients.service.js';
import { told } from './aws.errors.js';
import { type CloudResource, LISTED_IN_EC2, type NamedResource, type Tag } from './aws.types.js';

/** What exists in the AWS account, whatever any Terraform state says. */
@Injectable()
export class AwsInventoryService {
  /** Of these types {@link tagged} tells everything that has the tag. */
  readonly listedTypes: readonly string[] = [...LISTED_IN_EC2, 'aws_autoscaling_group'];

  constructor(private readonly clients: AwsClients) {}

  /**
   * Everything of the types a cluster is made of that has the tag: networks, security groups, machines, launch templates
   * and scaling groups. Left out are machines a scaling group looks after, and those that are gone or going. Throws
   * {@link AwsUnavailableError}.
   */
  async tagged(tag: Tag): Promise<CloudResource[]> {
    return told(`what has the tag ${tag.key}=${tag.value}`, async () => {
      // Loaded late, as the clients are: the SDK of EC2 alone takes a fifth of a second.
      const { listTaggedGroups, listTaggedInEc2 } = await import('./tagged-resources.js');
      const [ec2, groups] = await Promise.all([
        this.clients.ec2().then((client) => listTaggedInEc2(client, tag)),
        this.clients.autoScaling().then((client) => listTaggedGroups(client, tag)),
      ]);
      return [...ec2, ...groups];
    });
  }

  /**
   * Those of the given roles, policies and instance profiles that exist: their names are unique in the account, and some
   * of them cannot be found by tag. Throws {@link AwsUnavailableError}.
   */
  async named(wanted: readonly NamedResource[]): Promise<CloudResource[]> {
    if (wanted.length === 0) return [];
    return told(`whether ${wanted.map(({ name }) => name).join(', ')} exist`, async () => {
      const { findNamedInIam } = await import('./named-resources.js');
      return findNamedInIam(await this.clients.iam(), wanted);
    });
  }
}
