import { type SESv2Client } from '@aws-sdk/client-sesv2';
import { type OnApplicationShutdown } from '@nestjs/common';
import { type AppConfig } from '../config/app-config.js';
import { type Mail } from './mail.types.js';
import { Mailer } from './mailer.js';

const UTF8 = 'UTF-8';

/**
 * Amazon SES. Credentials come from where the AWS SDK looks for them: on ECS the task role. No answer of SES is taken
 * as final: most rejections mean that an identity, a limit or the account is not set up yet, which operators can mend
 * while the mail waits.
 */
export class SesMailer extends Mailer implements OnApplicationShutdown {
  private client: SESv2Client | null = null;

  constructor(private readonly config: AppConfig) {
    super();
  }

  onApplicationShutdown(): void {
    this.client?.destroy();
  }

  async send({ to, subject, text }: Mail): Promise<string> {
    // Loaded at the first mail: the SDK takes a quarter of a second that no start should wait for.
    const { SendEmailCommand, SESv2Client } = await import('@aws-sdk/client-sesv2');
    const { PS_MAIL_SES_REGION: region, PS_MAIL_SES_ENDPOINT: endpoint } = this.config.env;
    // The outbox tries again by itself, over hours; more tries within one would only prolong the wait.
    this.client ??= new SESv2Client({ region, maxAttempts: 1, ...(endpoint === undefined ? {} : { endpoint }) });
    const command = new SendEmailCommand({
      FromEmailAddress: this.config.env.PS_MAIL_FROM,
      Destination: { ToAddresses: [to] },
      Content: {
        Simple: {
          Subject: { Data: subject, Charset: UTF8 },
          Body: { Text: { Data: text, Charset: UTF8 } },
        },
      },
    });
    const abortSignal = AbortSignal.timeout(this.config.env.PS_MAIL_TIMEOUT_SECONDS * 1000);
    return (await this.client.send(command, { abortSignal })).MessageId ?? '';
  }
}
