import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app-config.js';
import { AwsCredentialsError } from './credentials.errors.js';
import { type AwsCredentials } from './credentials.types.js';

type Provider = () => Promise<{
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}>;

const SESSION_NAME = 'ps-server';

/**
 * The credentials this service works on AWS with: what the usual places of the AWS tools hold (environment, profile, task
 * role), or a role taken on with them when PS_AWS_ROLE_ARN names one.
 */
@Injectable()
export class AwsCredentialsService {
  private provider: Promise<Provider> | null = null;

  constructor(private readonly config: AppConfig) {}

  /** Fresh ones for every caller, so that a run begins with as much of their life as there is. */
  async resolve(): Promise<AwsCredentials> {
    try {
      const provide = await (this.provider ??= this.load());
      const { accessKeyId, secretAccessKey, sessionToken = null, expiration = null } = await provide();
      return { accessKeyId, secretAccessKey, sessionToken, expiresAt: expiration };
    } catch (error) {
      throw new AwsCredentialsError(error);
    }
  }

  /** Loaded late: what does nothing on AWS need not load its tools. */
  private async load(): Promise<Provider> {
    const { fromNodeProviderChain, fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
    const { PS_AWS_ROLE_ARN: RoleArn, PS_AWS_REGION: region } = this.config.env;
    const own = fromNodeProviderChain();
    if (RoleArn === undefined) return own;
    const params = { RoleArn, RoleSessionName: SESSION_NAME };
    return fromTemporaryCredentials({ masterCredentials: own, params, clientConfig: { region } });
  }
}
