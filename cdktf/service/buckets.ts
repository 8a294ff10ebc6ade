import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type Account } from './account.js';
import { policy, type Statement } from './policy.js';
import { type ServiceInputs } from './service-inputs.js';

const OLD_VERSION_DAYS = 90;

/** Buckets of the service's own: nothing in them is public, and nothing is sent to them in clear. */
export class Buckets extends Construct {
  /** Database dumps and what else operators keep. */
  readonly artifacts: S3Bucket;
  /** Requests as the load balancer saw them. */
  readonly accessLogs: S3Bucket;
  /** The load balancer checks at once that it may write. */
  readonly accessLogPolicy: S3BucketPolicy;

  constructor(
    scope: Construct,
    private readonly inputs: ServiceInputs,
    private readonly account: Account,
  ) {
    super(scope, 'buckets');
    this.artifacts = this.bucket('artifacts');
    addressed('artifacts', (id) => {
      return new S3BucketVersioningA(this, `${id}-versioning`, {
        bucket: this.artifacts.id,
        versioningConfiguration: { status: 'Enabled' },
      });
    });
    this.expire('artifacts', this.artifacts, { noncurrentVersionExpiration: [{ noncurrentDays: OLD_VERSION_DAYS }] });
    this.policy('artifacts', this.artifacts);
    this.accessLogs = this.bucket('access-logs');
    this.expire('access-logs', this.accessLogs, { expiration: [{ days: inputs.logs.retentionDays }] });
    this.accessLogPolicy = this.policy('access-logs', this.accessLogs, {
      Sid: 'LoadBalancer',
      Effect: 'Allow',
      Action: 's3:PutObject',
      Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      Resource: account.bucketArn(this.name('access-logs'), `AWSLogs/${account.id}/*`),
      Condition: { StringEquals: { 'aws:SourceAccount': account.id } },
    });
  }

  private name(suffix: string): string {
    return `${this.inputs.names.cluster}-${this.account.id}-${suffix}`;
  }

  private bucket(suffix: string): S3Bucket {
    const bucket = addressed(suffix, (id) => new S3Bucket(this, id, { bucket: this.name(suffix) }));
    addressed(suffix, (id) => {
      return new S3BucketPublicAccessBlock(this, `${id}-privacy`, {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
    });
    addressed(suffix, (id) => {
      // The load balancer writes with keys of S3's own only.
      return new S3BucketServerSideEncryptionConfigurationA(this, `${id}-encryption`, {
        bucket: bucket.id,
        rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' }, bucketKeyEnabled: true }],
      });
    });
    return bucket;
  }

  private expire(suffix: string, bucket: S3Bucket, what: Partial<ExpiryRule>): void {
    addressed(suffix, (id) => {
      const unfinished = { daysAfterInitiation: 7 };
      return new S3BucketLifecycleConfiguration(this, `${id}-lifecycle`, {
        bucket: bucket.id,
        rule: [
          {
            id: 'expire',
            status: 'Enabled',
            filter: [{ prefix: '' }],
            abortIncompleteMultipartUpload: [unfinished],
            ...what,
          },
        ],
      });
    });
  }

  private policy(suffix: string, bucket: S3Bucket, ...statements: Statement[]): S3BucketPolicy {
    const name = this.name(suffix);
    return addressed(suffix, (id) => {
      return new S3BucketPolicy(this, `${id}-policy`, {
        bucket: bucket.id,
        policy: policy(
          {
            Sid: 'OnlyEncrypted',
            Effect: 'Deny',
            Action: 's3:*',
            Principal: '*',
            Resource: [this.account.bucketArn(name), this.account.bucketArn(name, '*')],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          ...statements,
        ),
      });
    });
  }
}

interface ExpiryRule {
  expiration: { days: number }[];
  noncurrentVersionExpiration: { noncurrentDays: number }[];
}
