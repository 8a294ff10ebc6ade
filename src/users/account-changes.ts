import { Injectable } from '@nestjs/common';
import { type Author, actorLabel } from '../common/access/actor.js';
import { AuditLog } from '../database/audit-log.js';
import { type Transaction } from '../database/transaction.js';
import { type Mail, type Site } from '../mail/mail.types.js';
import { MailsService } from '../mail/mails.service.js';
import { LastSuperuserError, UserNotFoundError } from './users.errors.js';
import { UsersRepository, type UserWithHash } from './users.repository.js';
import { type User } from './users.types.js';

/** Changes of an account: one after another, on the record, with mails that go out after the commit. */
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

  /**
   * As {@link run}, for what may leave fewer superusers than before. Those changes come one after another, so that none
   * of them counts a superuser whom another one is taking away; locks are always taken in this order.
   */
  runEnding<T>(userId: number, change: (tx: Transaction, user: UserWithHash) => Promise<T>): Promise<T> {
    return this.mails.transaction(async (tx) => {
      await this.users.lockSuperusers(tx);
      const user = await this.users.lock(tx, userId);
      if (!user) throw new UserNotFoundError(userId);
      return change(tx, user);
    });
  }

  /** Within {@link runEnding}, before this user is one no more. Throws LastSuperuserError. */
  async assertAnotherSuperuser(tx: Transaction, user: Pick<User, 'isSuperuser' | 'isActive'>): Promise<void> {
    if (!user.isSuperuser || !user.isActive) return;
    if ((await this.users.lockSuperusers(tx)) <= 1) throw new LastSuperuserError();
  }

  /** Under the name of the account itself, unless it was somebody else. */
  async record(
    tx: Transaction,
    user: { id: number; username: string },
    action: string,
    details: Record<string, unknown> = {},
    author?: Author,
  ): Promise<void> {
    const [actor, subjectId] = [actorLabel(author ?? user), String(user.id)];
    await this.audit.record(tx, { organizationId: null, actor, action, subjectId, details });
  }

  /** Accounts from before may have no address at all; then there is nobody to tell. */
  async tell(tx: Transaction, email: string, write: (site: Site, to: string) => Mail): Promise<void> {
    if (email !== '') await this.mails.add(tx, (site) => write(site, email));
  }
}
