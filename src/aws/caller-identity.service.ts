import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { AwsClients } from './aws-clients.service.js';
import { type CallerIdentity } from './aws.types.js';

/** Whom AWS takes this service for. */
@Injectable()
export class CallerIdentityService {
  constructor(
    private readonly clients: AwsClients,
    private readonly clock: Clock,
  ) {}

  /** Needs no permission. Throws what the SDK throws; {@link isSessionOver} knows the errors of old credentials. */
  async get(): Promise<CallerIdentity> {
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    const client = await this.clients.sts();
    let clockOffsetMs: number | null = null;
    const command = new GetCallerIdentityCommand({});
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers } = (result.response ?? {}) as { headers?: Record<string, string> };
        const there = Date.parse(headers?.date ?? '');
        if (!Number.isNaN(there)) clockOffsetMs = there - this.clock.now().getTime();
        return result;
      },
      { step: 'deserialize', priority: 'low' },
    );
    const { Account: account = '', Arn: arn = '' } = await client.send(command);
    return { account, arn, partition: arn.split(':')[1] ?? 'aws', clockOffsetMs };
  }
}
