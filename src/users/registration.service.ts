import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { violatedUniqueConstraint } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';
import { MailsService } from '../mail/mails.service.js';
import { AccountChanges } from './account-changes.js';
import { assertEmailAddress, assertNoForeignAddress, assertUsername } from './account-rules.js';
import { AddressVerificationService } from './addresses/address-verification.service.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { UsernameTakenError } from './users.errors.js';
import { UsersRepository } from './users.repository.js';
import { type Registration } from './users.types.js';

/** Accounts that people make for themselves (contract section 5.1). */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly users: UsersRepository,
    private readonly verification: AddressVerificationService,
    private readonly passwords: PasswordsService,
    private readonly changes: AccountChanges,
    private readonly mails: MailsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the account and mails a link that must be followed before the first login. Also when the address belongs to an
   * account already, or a second registration or a login would tell; then its owner is mailed instead, and this account
   * never opens. That a username is taken cannot be hidden. Throws InvalidUserError, WeakPasswordError, UsernameTakenError.
   */
  async register(input: Registration): Promise<void> {
    assertUsername(input.username);
    assertEmailAddress(input.email);
    assertNoForeignAddress(input.username, [input.email]);
    const passwordHash = await this.passwords.hashStrong(input.password, input);
    try {
      await this.mails.transaction((tx) => this.store(tx, input, passwordHash));
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'uq_users_username') throw new UsernameTakenError(input.username);
      throw error;
    }
  }

  private async store(tx: Transaction, input: Registration, passwordHash: string): Promise<void> {
    const { username, email, firstName, lastName } = input;
    if (await this.users.findByUsername(username, tx)) throw new UsernameTakenError(username);
    const person = { username, email, firstName, lastName, passwordHash };
    const draft = { ...person, isStaff: false, isSuperuser: false, isEmailVerified: false };
    const id = await this.users.insert(tx, draft, this.clock.now());
    await this.changes.record(tx, { id, username }, 'user.registered', { username });
    await this.verification.send(tx, { id, username }, email);
  }
}
