import { type AwsCredentials } from '../credentials.types.js';
import { isPasskey } from './login-rules.js';
import { explained } from './sts-errors.js';

/** The keys something is asked with. */
export type Keys = Pick<AwsCredentials, 'accessKeyId' | 'secretAccessKey'> & { sessionToken?: string | null };

export interface Identity {
  account: string;
  arn: string;
}

export interface SessionRequest {
  serial: string;
  code: string;
  durationSeconds: number;
}

export interface RoleRequest {
  roleArn: string;
  sessionName: string;
  externalId: string | null;
  durationSeconds: number;
}

/** Credentials AWS gave out, and how far our clock is behind that of AWS. */
export interface Issued {
  credentials: AwsCredentials & { sessionToken: string; expiresAt: Date };
  clockOffsetMs: number;
}

const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };
const MAX_ATTEMPTS = 3;

/**
 * What is asked of STS and IAM to get a session. No client here has a logger: it would print the session token. Every
 * method throws an error of {@link explained}.
 */
export class StsGateway {
  constructor(private readonly region: string) {}

  async sessionToken(keys: Keys, { serial, code, durationSeconds }: SessionRequest): Promise<Issued> {
    const { GetSessionTokenCommand } = await import('@aws-sdk/client-sts');
    const command = new GetSessionTokenCommand({
      ...{ SerialNumber: serial, TokenCode: code, DurationSeconds: durationSeconds },
    });
    return this.issued(keys, async (client) => client.send(command));
  }

  async role(keys: Keys, { roleArn, sessionName, externalId, durationSeconds }: RoleRequest): Promise<Issued> {
    const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
    const command = new AssumeRoleCommand({
      ...{ RoleArn: roleArn, RoleSessionName: sessionName, DurationSeconds: durationSeconds },
      ...(externalId === null ? {} : { ExternalId: externalId }),
    });
    return this.issued(keys, async (client) => client.send(command));
  }

  async identity(keys: Keys): Promise<Identity & { clockOffsetMs: number }> {
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    return this.withSts(keys, async (client, offset) => {
      const { Account: account = '', Arn: arn = '' } = await client.send(new GetCallerIdentityCommand({}));
      return { account, arn, clockOffsetMs: offset() };
    });
  }

  /** Serial numbers of the user's devices whose codes can be typed; passkeys have none. */
  async devices(keys: Keys): Promise<string[]> {
    const { IAMClient, paginateListMFADevices } = await import('@aws-sdk/client-iam');
    const client = new IAMClient(this.settings(keys));
    try {
      const serials: string[] = [];
      for await (const { MFADevices = [] } of paginateListMFADevices({ client }, {}))
        serials.push(...MFADevices.flatMap(({ SerialNumber }) => SerialNumber ?? []));
      return serials.filter((serial) => !isPasskey(serial));
    } catch (error) {
      throw explained(error);
    } finally {
      client.destroy();
    }
  }

  private issued(
    keys: Keys,
    ask: (client: StsClient) => Promise<{ Credentials?: SdkCredentials | undefined }>,
  ): Promise<Issued> {
    return this.withSts(keys, async (client, offset) => {
      const { Credentials } = await ask(client);
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = Credentials ?? {};
      const { SessionToken: sessionToken, Expiration: expiresAt } = Credentials ?? {};
      if (!accessKeyId || !secretAccessKey || !sessionToken || !expiresAt)
        throw new Error('STS answered without credentials');
      return { credentials: { accessKeyId, secretAccessKey, sessionToken, expiresAt }, clockOffsetMs: offset() };
    });
  }

  private async withSts<Answer>(
    keys: Keys,
    ask: (client: StsClient, offset: () => number) => Promise<Answer>,
  ): Promise<Answer> {
    const { STSClient } = await import('@aws-sdk/client-sts');
    const client = new STSClient(this.settings(keys));
    let offset = 0;
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers } = (result.response ?? {}) as { headers?: Record<string, string> };
        const there = Date.parse(headers?.date ?? '');
        if (!Number.isNaN(there)) offset = there - Date.now();
        return result;
      },
      { step: 'deserialize', priority: 'low' },
    );
    try {
      return await ask(client, () => offset);
    } catch (error) {
      throw explained(error);
    } finally {
      client.destroy();
    }
  }

  private settings({ accessKeyId, secretAccessKey, sessionToken }: Keys) {
    return {
      region: this.region,
      maxAttempts: MAX_ATTEMPTS,
      requestHandler: TIMEOUTS,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
    };
  }
}

type StsClient = InstanceType<(typeof import('@aws-sdk/client-sts'))['STSClient']>;

interface SdkCredentials {
  AccessKeyId?: string | undefined;
  SecretAccessKey?: string | undefined;
  SessionToken?: string | undefined;
  Expiration?: Date | undefined;
}
