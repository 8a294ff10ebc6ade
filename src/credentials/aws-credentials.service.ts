import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
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
  private readonly provider: Provider;

  constructor(config: AppConfig) {
    const { PS_AWS_ROLE_ARN: RoleArn, PS_AWS_REGION: region } = config.env;
    const own = fromNodeProviderChain();
    this.provider =
      RoleArn === undefined
        ? own
        : fromTemporaryCredentials({
            masterCredentials: own,
            params: { RoleArn, RoleSessionName: SESSION_NAME },
            clientConfig: { region },
          });
  }

  /** Fresh ones for every caller, so that a run begins with as much of their life as there is. */
  async resolve(): Promise<AwsCredentials> {
    try {
      const { accessKeyId, secretAccessKey, sessionToken = null, expiration = null } = await this.provider();
      return { accessKeyId, secretAccessKey, sessionToken, expiresAt: expiration };
    } catch (error) {
      throw new AwsCredentialsError(error);
    }
  }
}
