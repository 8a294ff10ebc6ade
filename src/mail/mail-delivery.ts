import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { errorMessage } from '../common/errors/domain-error.js';
import { AppConfig } from '../config/app-config.js';
import { MailOutboxRepository, type StoredMail } from './mail-outbox.repository.js';
import { MAX_ATTEMPTS, retryWaitSeconds } from './mail-retry.js';
import { MailSeal } from './mail-seal.js';
import { Mailer, MailRefusedError } from './mailer.js';

const MAX_ERROR_LENGTH = 500;
/** How long the outbox remembers what became of a mail, for people who ask where theirs is. */
const KEEP_SECONDS = 30 * 86_400;

/** Sends what waits in the outbox. Safe to run in several processes at once. */
@Injectable()
export class MailDelivery {
  private readonly logger = new Logger('Mail');

  constructor(
    private readonly outbox: MailOutboxRepository,
    private readonly seal: MailSeal,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Tries the mail that is due longest. False when none is due. Throws only when the database does. */
  async deliverNext(): Promise<boolean> {
    // Longer than an attempt can take: a mail is sent by two processes only when one of them hangs or dies.
    const mail = await this.outbox.claimDue(this.clock.now(), this.after(3 * this.config.env.PS_MAIL_TIMEOUT_SECONDS));
    if (!mail) return false;
    if (mail.attempts > MAX_ATTEMPTS) {
      await this.giveUp(mail, 'every attempt ended with the process that made it');
      return true;
    }
    try {
      await this.outbox.markSent(mail.id, await this.mailer.send(this.opened(mail)), this.clock.now());
    } catch (error) {
      await this.failed(mail, error);
    }
    return true;
  }

  async deleteOld(): Promise<void> {
    await this.outbox.deleteOld(this.after(-KEEP_SECONDS), this.clock.now());
  }

  private opened({ id, kind, recipient, subject, sealedText }: StoredMail): Parameters<Mailer['send']>[0] {
    try {
      return { kind, to: recipient, subject, text: this.seal.open(sealedText, id) };
    } catch (error) {
      throw new MailRefusedError('its text was stored with another PS_STATE_ENCRYPTION_KEY', { cause: error });
    }
  }

  private async failed(mail: StoredMail, error: unknown): Promise<void> {
    const reason = errorMessage(error);
    const wait = error instanceof MailRefusedError ? null : retryWaitSeconds(mail.attempts);
    if (wait === null) {
      await this.giveUp(mail, reason);
      return;
    }
    this.logger.warn(`Mail ${mail.id} (${mail.kind}) could not be sent, trying again in ${wait} s: ${reason}`);
    await this.outbox.markFailed(mail.id, reason.slice(0, MAX_ERROR_LENGTH), this.after(wait));
  }

  private async giveUp(mail: StoredMail, reason: string): Promise<void> {
    this.logger.error(
      `Mail ${mail.id} (${mail.kind}) is given up at attempt ${mail.attempts}: ${reason}. ` +
        'Its recipient can ask for another one; see the row in mail_outbox.',
    );
    await this.outbox.markGivenUp(mail.id, reason.slice(0, MAX_ERROR_LENGTH), this.clock.now());
  }

  private after(seconds: number): Date {
    return new Date(this.clock.now().getTime() + seconds * 1000);
  }
}
