import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { arnStart } from '../arn.js';

/** Where the service is deployed, and the ARNs of what has a known name there. */
export class Account extends Construct {
  readonly id: string;

  constructor(
    scope: Construct,
    readonly region: string,
  ) {
    super(scope, 'account');
    this.id = addressed('current', (id) => new DataAwsCallerIdentity(this, id, {})).accountId;
  }

  /** `service` may name a region of its own or none: IAM has none. */
  arn(service: string, resource: string): string {
    return `${arnStart(this.region)}:${service}:${service === 'iam' ? '' : this.region}:${this.id}:${resource}`;
  }

  bucketArn(bucket: string, key?: string): string {
    return `${arnStart(this.region)}:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;
  }

  managedPolicy(name: string): string {
    return `${arnStart(this.region)}:iam::aws:policy/${name}`;
  }
}
