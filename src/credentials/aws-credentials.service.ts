import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { DomainError } from '../common/errors/domain-error.js';
import { AppConfig } from '../config/app-config.js';
import { AwsCredentialsError, SessionExpiredError } from './credentials.errors.js';
import { type AwsCredentials } from './credentials.types.js';
import { MfaSessionService } from './mfa-session.service.js';

type Provider = () => Promise<{
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}>;

const SESSION_NAME = 'ps-server';

/** What makes a program of AWS use one set of credentials, and which of the values must not be shown. */
export interface ChildCredentials {
  environment: Record<string, string>;
  secrets: string[];
}

/** Nothing else a program might find on this machine. */
const NO_OTHER_CREDENTIALS = {
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/**
 * The credentials this service works on AWS with: what the usual places of the AWS tools hold (environment, profile, task
 * role), or a role taken on with them when PS_AWS_ROLE_ARN names one.
 */
@Injectable()
export class AwsCredentialsService {
  private provider: Promise<Provider> | null = null;

  constructor(
    private readonly config: AppConfig,
    private readonly sessions: MfaSessionService,
    private readonly clock: Clock,
  ) {}

  /** Fresh ones for every caller, so that a run begins with as much of their life as there is. */
  async resolve(): Promise<AwsCredentials> {
    try {
      const provide = await (this.provider ??= this.load());
      const { accessKeyId, secretAccessKey, sessionToken = null, expiration = null } = await provide();
      return { accessKeyId, secretAccessKey, sessionToken, expiresAt: expiration };
    } catch (error) {
      throw error instanceof DomainError ? error : new AwsCredentialsError(error);
    }
  }

  /**
   * For a program that works for a long time, with one source of credentials and no other. On ECS it gets where the task
   * role is asked for, so that it can ask again; elsewhere the keys of now. Throws {@link SessionExpiredError} when a
   * session would end too early, and {@link AwsCredentialsError}.
   */
  async forChild(): Promise<ChildCredentials> {
    const { aws, env } = this.config;
    if (aws.hasContainerCredentials && env.PS_AWS_ROLE_ARN === undefined) {
      const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = aws.containerVariables;
      return {
        environment: { ...NO_OTHER_CREDENTIALS, ...aws.containerVariables },
        secrets: token === undefined ? [] : [token],
      };
    }
    const credentials = await this.resolve();
    if (env.PS_AWS_ROLE_ARN === undefined) this.refuseIfShort(credentials);
    return asChild(credentials);
  }

  /**
   * For a program a person waits for: the keys of now, however short they last, as plain values. Programs that read
   * profiles by themselves fail where a role asks for a second factor. Throws {@link AwsCredentialsError}.
   */
  async forTerminal(): Promise<ChildCredentials> {
    return asChild(await this.resolve());
  }

  private refuseIfShort({ expiresAt }: AwsCredentials): void {
    const least = this.config.env.PS_AWS_SESSION_LEAST_SECONDS;
    if (expiresAt === null || expiresAt.getTime() - this.clock.now().getTime() >= least * 1000) return;
    throw new SessionExpiredError(
      `The AWS session lasts until ${expiresAt.toISOString()}, and a run may need ${least} s (PS_AWS_SESSION_LEAST_SECONDS). Log in again with psctl creds login --force.`,
    );
  }

  /** Loaded late: what does nothing on AWS need not load its tools. */
  private async load(): Promise<Provider> {
    const { fromNodeProviderChain, fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
    const { PS_AWS_ROLE_ARN: RoleArn, PS_AWS_REGION: region } = this.config.env;
    const chain = fromNodeProviderChain();
    // The chain would read a profile once and never learn that somebody has logged in again, or when the session ends.
    const own: Provider = async () => this.sessions.current() ?? chain();
    if (RoleArn === undefined) return own;
    const params = { RoleArn, RoleSessionName: SESSION_NAME };
    return fromTemporaryCredentials({ masterCredentials: own, params, clientConfig: { region } });
  }
}

function asChild(credentials: AwsCredentials): ChildCredentials {
  const { secretAccessKey, sessionToken } = credentials;
  return {
    environment: { ...NO_OTHER_CREDENTIALS, ...variables(credentials) },
    secrets: [secretAccessKey, sessionToken].filter((secret) => secret !== null),
  };
}

function variables({ accessKeyId, secretAccessKey, sessionToken, expiresAt }: AwsCredentials): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === null ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    ...(expiresAt === null ? {} : { AWS_CREDENTIAL_EXPIRATION: expiresAt.toISOString() }),
  };
}
