import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { AwsClients } from './aws-clients.service.js';
import { errorName, isRefused } from './aws.errors.js';
import { REMEMBERED_MS } from './preflight.types.js';
import { type DryRunAnswer, dryRunOf, type DryRunRequest } from './preflight/dry-runs.js';

const WOULD_WORK = 'DryRunOperation';

/** Asks EC2 whether it would carry out a request, without carrying it out. */
@Injectable()
export class DryRunService {
  private readonly remembered = new Map<string, { answer: DryRunAnswer; until: number }>();

  constructor(
    private readonly clients: AwsClients,
    private readonly clock: Clock,
  ) {}

  /**
   * What EC2 says, by action; those it can say nothing of before something is there are left out, and so are those it does not
   * answer: what IAM said of them counts. An answer is good for ten minutes, unless it is a denial.
   */
  async ask(actions: readonly string[]): Promise<Map<string, DryRunAnswer>> {
    const answers = await Promise.all(actions.map(async (action) => [action, await this.one(action)] as const));
    return new Map(answers.filter((entry): entry is [string, DryRunAnswer] => entry[1] !== null));
  }

  private async one(action: string): Promise<DryRunAnswer | null> {
    const request = dryRunOf(action);
    if (!request) return null;
    const now = this.clock.elapsedMs();
    const before = this.remembered.get(action);
    if (before && now < before.until) return before.answer;
    const answer = await this.send(request);
    if (answer === 'allowed') this.remembered.set(action, { answer, until: now + REMEMBERED_MS });
    return answer;
  }

  private async send(request: DryRunRequest): Promise<DryRunAnswer | null> {
    const client = await this.clients.ec2();
    try {
      await request(client, await import('@aws-sdk/client-ec2'));
      // Something that knows no dry runs.
      return null;
    } catch (error) {
      if (errorName(error) === WOULD_WORK) return 'allowed';
      return isRefused(error) ? 'denied' : null;
    }
  }
}
