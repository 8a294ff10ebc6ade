import { Injectable } from '@nestjs/common';
import { type Author } from '../../common/access/actor.js';
import { Clock } from '../../common/clock/clock.js';
import { type Transaction } from '../../database/transaction.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { AccountChanges } from '../account-changes.js';
import { accountMails } from '../account-mail-texts.js';
import { CredentialEndings } from '../credential-endings.service.js';
import { OneTimeTokens } from '../one-time-tokens.js';
import { UserNotFoundError, WrongPasswordError } from '../users.errors.js';
import { UsersRepository, type UserWithHash } from '../users.repository.js';
import { PasswordHasher } from './password-hasher.js';
import { assertStrongPassword } from './password-rules.js';

/** Changing a password, and asking for it again before something that cannot be undone. */
@Injectable()
export class PasswordsService {
  constructor(
    private readonly changes: AccountChanges,
    private readonly users: UsersRepository,
    private readonly hasher: PasswordHasher,
    private readonly tokens: OneTimeTokens,
    private readonly endings: CredentialEndings,
    private readonly throttle: ThrottleService,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends every session, refresh token and personal access token of the account. Throws WrongPasswordError,
   * TooManyAttemptsError, WeakPasswordError.
   */
  async change(userId: number, currentPassword: string, newPassword: string): Promise<void> {
    const { passwordHash: checkedHash, ...person } = await this.confirm(userId, currentPassword);
    const newHash = await this.hashStrong(newPassword, person);
    await this.changes.run(userId, async (tx, user) => {
      if (user.passwordHash !== checkedHash) throw new WrongPasswordError();
      await this.store(tx, user, newHash, 'user.password_changed');
    });
  }

  /** The account, if this is its password. Throws WrongPasswordError, TooManyAttemptsError, UserNotFoundError. */
  confirm(userId: number, password: string): Promise<UserWithHash> {
    return this.throttle.guard('passwordConfirmation', { account: String(userId) }, () => this.check(userId, password));
  }

  /** The hash of a password that this person may have. Throws WeakPasswordError. */
  async hashStrong(
    password: string,
    person: Pick<UserWithHash, 'username' | 'email' | 'firstName' | 'lastName'>,
  ): Promise<string> {
    await assertStrongPassword(password, person);
    return this.hasher.hash(password);
  }

  /** Within a change of the account: `action` names it on the record, `author` is whoever did it for the owner. */
  async store(tx: Transaction, user: UserWithHash, newHash: string, action: string, author?: Author): Promise<void> {
    // The time is read after the account was locked, so a login that was let in before began before it.
    await this.users.savePassword(tx, user.id, newHash, this.clock.now());
    await this.tokens.endAll(tx, user.id, 'reset_password');
    await this.changes.record(tx, user, action, {}, author);
    await this.endings.endAll(tx, user, action, author);
    await this.changes.tell(tx, user.email, (site, to) => accountMails.passwordChanged(site, to, user.username));
  }

  private async check(userId: number, password: string): Promise<UserWithHash> {
    const user = await this.users.findWithHash(userId);
    if (!user) throw new UserNotFoundError(userId);
    const { isCorrect } = await this.hasher.check(password, user.passwordHash);
    if (!isCorrect) throw new WrongPasswordError();
    return user;
  }
}
