import { Injectable } from '@nestjs/common';
import { AuditLog } from '../database/audit-log.js';
import { type Transaction } from '../database/transaction.js';
import { type Mail, type Site } from '../mail/mail.types.js';
import { MailsService } from '../mail/mails.service.js';
import { UserNotFoundError } from './users.errors.js';
import { UsersRepository, type UserWithHash } from './users.repository.js';

/** Changes of an account by its owner: one after another, on the record, with mails that go out after the commit. */
@Injectable()
export class AccountChanges {
  constructor(
    private readonly users: UsersRepository,
    private readonly audit: AuditLog,
    private readonly mails: MailsService,
  ) {}

  /** Runs `change` in a transaction that has the account locked, and shows it as it is now. Throws UserNotFoundError. */
  run<T>(userId: number, change: (tx: Transaction, user: UserWithHash) => Promise<T>): Promise<T> {
    return this.mails.transaction(async (tx) => {
      const user = await this.users.lock(tx, userId);
      if (!user) throw new UserNotFoundError(userId);
      return change(tx, user);
    });
  }

  async record(
    tx: Transaction,
    user: { id: number; username: string },
    action: string,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    const [actor, subjectId] = [`user:${user.username}`, String(user.id)];
    await this.audit.record(tx, { organizationId: null, actor, action, subjectId, details });
  }

  /** Accounts from before may have no address at all; then there is nobody to tell. */
  async tell(tx: Transaction, email: string, write: (site: Site, to: string) => Mail): Promise<void> {
    if (email !== '') await this.mails.add(tx, (site) => write(site, email));
  }
}
