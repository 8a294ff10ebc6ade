import { type Mail } from '../../src/mail/mail.types.js';
import { Mailer } from '../../src/mail/mailer.js';

/** Takes every mail, or fails as it is told. */
export class RecordingMailer extends Mailer {
  readonly sent: Mail[] = [];
  /** What the next attempts throw, in this order; afterwards mails are taken again. */
  readonly failures: Error[] = [];
  attempts = 0;

  send(mail: Mail): Promise<string> {
    this.attempts++;
    const failure = this.failures.shift();
    if (failure) return Promise.reject(failure);
    this.sent.push(mail);
    return Promise.resolve(`recorded-${this.sent.length}`);
  }
}
