import { type INestApplicationContext } from '@nestjs/common';
import { Clock } from '../../src/common/clock/clock.js';
import { AppConfig } from '../../src/config/app-config.js';
import { MailDelivery } from '../../src/mail/mail-delivery.js';
import { MailOutboxRepository } from '../../src/mail/mail-outbox.repository.js';
import { MailSeal } from '../../src/mail/mail-seal.js';
import { type Mail } from '../../src/mail/mail.types.js';
import { RecordingMailer } from './recording-mailer.js';

/** Does what a worker does with the outbox, whenever a test looks. */
export class Mailbox {
  private readonly mailer = new RecordingMailer();
  private readonly delivery: MailDelivery;

  constructor(context: INestApplicationContext) {
    this.delivery = new MailDelivery(
      context.get(MailOutboxRepository, { strict: false }),
      context.get(MailSeal, { strict: false }),
      this.mailer,
      context.get(Clock),
      context.get(AppConfig),
    );
  }

  /** What came since the last look, in the order it was sent. */
  async fetch(): Promise<Mail[]> {
    while (await this.delivery.deliverNext());
    return this.mailer.sent.splice(0);
  }

  /** The one mail that came since the last look. */
  async fetchOne(): Promise<Mail> {
    const mails = await this.fetch();
    if (mails.length !== 1) throw new Error(`Expected one mail, got ${JSON.stringify(mails)}`);
    return mails[0]!;
  }

  /** The token in the link of the one mail that came since the last look. */
  async fetchToken(): Promise<string> {
    const { text } = await this.fetchOne();
    const token = /#([\w-]{43})$/m.exec(text)?.[1];
    if (!token) throw new Error(`No link in: ${text}`);
    return token;
  }
}
