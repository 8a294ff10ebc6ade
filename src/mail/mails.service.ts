import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app-config.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { MailOutboxService } from './mail-outbox.service.js';
import { type Mail, type MailKind, type Site } from './mail.types.js';

/** Puts mails of this service on their way. */
@Injectable()
export class MailsService {
  private readonly site: Site;

  constructor(
    private readonly outbox: MailOutboxService,
    private readonly transactions: Transactions,
    { env }: AppConfig,
  ) {
    this.site = { name: env.PS_SITE_NAME, publicUrl: env.PS_PUBLIC_URL };
  }

  /** Runs `work` in a transaction and, after its commit, has the mails sent that were added in it. */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const result = await this.transactions.run(work);
    this.outbox.wake();
    return result;
  }

  /** Adds the mail to the outbox, in the transaction of what it tells of. */
  async add(tx: Transaction, write: (site: Site) => Mail): Promise<void> {
    await this.outbox.add(tx, write(this.site));
  }

  /** For mails that strangers can ask for: false while the address has had one of this kind a moment ago. */
  mayAdd(tx: Transaction, kind: MailKind, to: string): Promise<boolean> {
    return this.outbox.beginCooldown(tx, kind, to);
  }
}
