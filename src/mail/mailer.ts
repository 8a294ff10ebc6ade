import { type Mail } from './mail.types.js';

/** Hands mails over to whatever carries them. Anything but MailRefusedError that it throws is worth another try. */
export abstract class Mailer {
  /** The carrier's own id of the mail, for people who look for it there. Throws {@link MailRefusedError}. */
  abstract send(mail: Mail): Promise<string>;
}

/** The carrier will never take this mail, however often it is asked. */
export class MailRefusedError extends Error {}
