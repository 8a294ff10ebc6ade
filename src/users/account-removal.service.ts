import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Author } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { type Transaction } from '../database/transaction.js';
import { AccountChanges } from './account-changes.js';
import { accountMails } from './account-mail-texts.js';
import { assertMayChange, assertNotOwn } from './administration/account-authority.js';
import { CredentialEndings } from './credential-endings.service.js';
import { WrongPasswordError } from './users.errors.js';
import { UsersRepository, type UserWithHash } from './users.repository.js';
import { type User } from './users.types.js';

/** The part of an account's end that concerns the account itself. */
@Injectable()
export class AccountRemovalService {
  constructor(
    private readonly changes: AccountChanges,
    private readonly users: UsersRepository,
    private readonly endings: CredentialEndings,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the account nobody's, for good: what tells who it was is gone, its number stays for whatever refers to it.
   * `before` runs first in the same transaction and may refuse. `confirmed` is the account its password was confirmed
   * for. Throws LastSuperuserError, WrongPasswordError.
   */
  remove<T>(confirmed: UserWithHash, before: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.changes.runEnding(confirmed.id, (tx, user) => {
      if (user.passwordHash !== confirmed.passwordHash) throw new WrongPasswordError();
      return this.end(tx, user, before);
    });
  }

  /** As {@link remove}, by somebody who looks after the installation; `before` is shown whose account it is. */
  removeBy<T>(author: Author, userId: number, before: (tx: Transaction, user: User) => Promise<T>): Promise<T> {
    return this.changes.runEnding(userId, (tx, user) => {
      assertNotOwn(author, userId);
      assertMayChange(author, user);
      return this.end(tx, user, before, author);
    });
  }

  private async end<T>(
    tx: Transaction,
    user: UserWithHash,
    before: (tx: Transaction, user: User) => Promise<T>,
    author?: Author,
  ): Promise<T> {
    await this.changes.assertAnotherSuperuser(tx, user);
    const result = await before(tx, user);
    await this.changes.tell(tx, user.email, (site, to) =>
      accountMails.accountDeleted(site, to, user.username, author !== undefined),
    );
    const { username, isActive, isStaff, isSuperuser, groups } = user;
    const details = author ? { before: { username, isActive, isStaff, isSuperuser, groups } } : {};
    await this.changes.record(tx, user, 'user.deleted', details, author);
    await this.endings.endAll(tx, user, 'user.deleted', author);
    // Nobody can register this name by chance, and the old one is free again.
    const placeholder = `deleted-${user.id}-${randomBytes(4).toString('hex')}`;
    await this.users.anonymise(tx, user.id, placeholder, this.clock.now());
    return result;
  }
}
