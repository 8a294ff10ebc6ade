import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import { newId } from '../common/ids/ids.js';
import { type Clock } from '../common/clock/clock.js';
import { type AppConfig } from '../config/app-config.js';
import { type Mail } from './mail.types.js';
import { Mailer } from './mailer.js';

const LINK = /https?:\/\/\S+/g;

/** Development: every mail becomes a file one can open, and its links are logged. Sends nothing. */
export class FileMailer extends Mailer {
  private readonly logger = new Logger('Mail');

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    super();
  }

  async send({ to, subject, text }: Mail): Promise<string> {
    const directory = resolve(this.config.env.PS_DATA_DIRECTORY, 'mail');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const name = `${this.clock.now().toISOString().replaceAll(':', '-')}-${newId().slice(0, 8)}.txt`;
    const draft = join(directory, `.${name}`);
    const content = `From: ${this.config.env.PS_MAIL_FROM}\nTo: ${to}\nSubject: ${subject}\n\n${text}`;
    await writeFile(draft, content, { mode: 0o600 });
    // Whoever watches the directory finds whole mails only.
    await rename(draft, join(directory, name));
    this.logger.log(`To ${to}: ${subject}${this.linksOf(text)} (${join(directory, name)})`);
    return name;
  }

  /** A link opens an account, so a production log must not show one. */
  private linksOf(text: string): string {
    if (this.config.env.PS_ENVIRONMENT !== 'development') return '';
    return (text.match(LINK) ?? []).map((link) => ` ${link}`).join('');
  }
}
