import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { type Transaction } from '../database/transaction.js';
import { AccountChanges } from './account-changes.js';
import { accountMails } from './account-mail-texts.js';
import { CredentialEndings } from './credential-endings.service.js';
import { LastSuperuserError, WrongPasswordError } from './users.errors.js';
import { UsersRepository, type UserWithHash } from './users.repository.js';

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
  async remove<T>(confirmed: UserWithHash, before: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.changes.run(confirmed.id, async (tx, user) => {
      if (user.passwordHash !== confirmed.passwordHash) throw new WrongPasswordError();
      if (user.isSuperuser && (await this.users.lockSuperusers(tx)) <= 1) throw new LastSuperuserError();
      const result = await before(tx);
      await this.changes.tell(tx, user.email, (site, to) => accountMails.accountDeleted(site, to, user.username));
      await this.changes.record(tx, user, 'user.deleted');
      await this.endings.endAll(tx, user, 'user.deleted');
      // Nobody can register this name by chance, and the old one is free again.
      const placeholder = `deleted-${user.id}-${randomBytes(4).toString('hex')}`;
      await this.users.anonymise(tx, user.id, placeholder, this.clock.now());
      return result;
    });
  }
}
