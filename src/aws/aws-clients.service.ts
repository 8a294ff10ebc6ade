import { type AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { type EC2Client } from '@aws-sdk/client-ec2';
import { type ECSClient } from '@aws-sdk/client-ecs';
import { type IAMClient } from '@aws-sdk/client-iam';
import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type KMSClient } from '@aws-sdk/client-kms';
import { type S3Client } from '@aws-sdk/client-s3';
import { type SSMClient } from '@aws-sdk/client-ssm';
import { type STSClient } from '@aws-sdk/client-sts';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '../config/app-config.js';
import { AwsCredentialsService } from '../credentials/aws-credentials.service.js';

const MAX_ATTEMPTS = 4;
/** Nobody waits longer than this for one answer; a request that got none is made again. */
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true };

interface Destroyable {
  destroy: () => void;
}

/**
 * Clients of the AWS services, made when they are first used: most processes never ask AWS anything. Other endpoints
 * come from where the SDK looks for them (`AWS_ENDPOINT_URL`).
 */
@Injectable()
export class AwsClients implements OnApplicationShutdown {
  private readonly made = new Map<string, Promise<Destroyable>>();

  constructor(
    private readonly config: AppConfig,
    private readonly credentials: AwsCredentialsService,
  ) {}

  ec2(): Promise<EC2Client> {
    return this.client('ec2', async () => {
      const { EC2Client } = await import('@aws-sdk/client-ec2');
      return new EC2Client(this.settings());
    });
  }

  autoScaling(): Promise<AutoScalingClient> {
    return this.client('autoscaling', async () => {
      const { AutoScalingClient } = await import('@aws-sdk/client-auto-scaling');
      return new AutoScalingClient(this.settings());
    });
  }

  iam(): Promise<IAMClient> {
    return this.client('iam', async () => {
      const { IAMClient } = await import('@aws-sdk/client-iam');
      return new IAMClient(this.settings());
    });
  }

  secretsManager(): Promise<SecretsManagerClient> {
    return this.client('secretsmanager', async () => {
      const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
      return new SecretsManagerClient(this.settings());
    });
  }

  ecs(): Promise<ECSClient> {
    return this.client('ecs', async () => {
      const { ECSClient } = await import('@aws-sdk/client-ecs');
      return new ECSClient(this.settings());
    });
  }

  ssm(): Promise<SSMClient> {
    return this.client('ssm', async () => {
      const { SSMClient } = await import('@aws-sdk/client-ssm');
      return new SSMClient(this.settings());
    });
  }

  kms(): Promise<KMSClient> {
    return this.client('kms', async () => {
      const { KMSClient } = await import('@aws-sdk/client-kms');
      return new KMSClient(this.settings());
    });
  }

  logs(): Promise<CloudWatchLogsClient> {
    return this.client('logs', async () => {
      const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
      return new CloudWatchLogsClient(this.settings());
    });
  }

  s3(): Promise<S3Client> {
    return this.client('s3', async () => {
      const { S3Client } = await import('@aws-sdk/client-s3');
      return new S3Client({ ...this.settings(), followRegionRedirects: true });
    });
  }

  sts(): Promise<STSClient> {
    return this.client('sts', async () => {
      const { STSClient } = await import('@aws-sdk/client-sts');
      return new STSClient(this.settings());
    });
  }

  async onApplicationShutdown(): Promise<void> {
    for (const client of await Promise.allSettled(this.made.values()))
      if (client.status === 'fulfilled') client.value.destroy();
  }

  private client<Client extends Destroyable>(name: string, make: () => Promise<Client>): Promise<Client> {
    const made = this.made.get(name) ?? make();
    this.made.set(name, made);
    return made as Promise<Client>;
  }

  private settings(): Settings {
    return {
      region: this.config.env.PS_AWS_REGION,
      maxAttempts: MAX_ATTEMPTS,
      requestHandler: TIMEOUTS,
      credentials: async () => {
        const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = await this.credentials.resolve();
        return {
          accessKeyId,
          secretAccessKey,
          ...(sessionToken === null ? {} : { sessionToken }),
          ...(expiresAt === null ? {} : { expiration: expiresAt }),
        };
      },
    };
  }
}

interface Settings {
  region: string;
  maxAttempts: number;
  requestHandler: typeof TIMEOUTS;
  credentials: () => Promise<{
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string;
    expiration?: Date;
  }>;
}
