import { type CloudWatchLogsClient, type LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import { type KMSClient } from '@aws-sdk/client-kms';
import { type S3Client } from '@aws-sdk/client-s3';
import { errorName, isRefused } from '../../../aws/aws.errors.js';
import { type BucketFacts, type Input, type KeyFacts } from '../snapshot.js';
import { reading } from './reading.js';

/** `us-east-1` is told as nothing at all. */
const FIRST_REGION = 'us-east-1';

/** Where sessions are logged, and what they are encrypted with. */
export class AuditReader {
  constructor(
    private readonly kms: () => Promise<KMSClient>,
    private readonly logs: () => Promise<CloudWatchLogsClient>,
    private readonly s3: () => Promise<S3Client>,
  ) {}

  /** By its id, ARN or alias. Its policy may be hidden while the key is not. */
  key(id: string): Promise<Input<KeyFacts | null>> {
    return reading(
      { what: `the key ${id}`, permission: 'kms:DescribeKey', absent: ['NotFoundException'] },
      async () => {
        const { DescribeKeyCommand } = await import('@aws-sdk/client-kms');
        const client = await this.kms();
        const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: id }));
        if (!KeyMetadata) return null;
        const { Arn: arn = id, Enabled: isEnabled = false, KeyState: state = 'in an unknown state' } = KeyMetadata;
        return { arn, isEnabled, state, policy: await policyOf(client, arn) };
      },
    );
  }

  logGroup(name: string): Promise<Input<LogGroup | null>> {
    return reading({ what: `the log group ${name}`, permission: 'logs:DescribeLogGroups' }, async () => {
      const { paginateDescribeLogGroups } = await import('@aws-sdk/client-cloudwatch-logs');
      for await (const { logGroups = [] } of paginateDescribeLogGroups(
        { client: await this.logs() },
        { logGroupNamePrefix: name },
      )) {
        const found = logGroups.find(({ logGroupName }) => logGroupName === name);
        if (found) return found;
      }
      return null;
    });
  }

  bucket(name: string): Promise<Input<BucketFacts | null>> {
    const how = { what: `the bucket ${name}`, permission: 's3:GetBucketLocation, s3:GetEncryptionConfiguration' };
    return reading({ ...how, absent: ['NoSuchBucket'] }, async () => {
      const { GetBucketEncryptionCommand, GetBucketLocationCommand } = await import('@aws-sdk/client-s3');
      const client = await this.s3();
      const { LocationConstraint } = await client.send(new GetBucketLocationCommand({ Bucket: name }));
      const encryption = await unlessUnset(client.send(new GetBucketEncryptionCommand({ Bucket: name })));
      const rule = encryption?.ServerSideEncryptionConfiguration?.Rules?.[0];
      const algorithm = rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? null;
      return { name, region: LocationConstraint ?? FIRST_REGION, encryption: algorithm };
    });
  }
}

async function policyOf(client: KMSClient, arn: string): Promise<string | null> {
  const { GetKeyPolicyCommand } = await import('@aws-sdk/client-kms');
  try {
    const { Policy } = await client.send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' }));
    return Policy ?? null;
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}

async function unlessUnset<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (errorName(error) === 'ServerSideEncryptionConfigurationNotFoundError') return null;
    throw error;
  }
}
