import { Injectable } from '@nestjs/common';
import { type Author } from '../../common/access/actor.js';
import { Clock } from '../../common/clock/clock.js';
import { DomainError } from '../../common/errors/domain-error.js';
import { violatedUniqueConstraint } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { MailsService } from '../../mail/mails.service.js';
import { AccountChanges } from '../account-changes.js';
import { accountMails } from '../account-mail-texts.js';
import { assertUsername, isEmailAddress } from '../account-rules.js';
import { assertMayChange } from '../administration/account-authority.js';
import { AddressTakenError } from '../addresses/addresses.errors.js';
import { AddressesRepository } from '../addresses/addresses.repository.js';
import { UsersRepository, type UserWithHash } from '../users.repository.js';
import { hasBeenEnded, type User } from '../users.types.js';
import {
  GithubAccountTakenError,
  GithubAlreadyLinkedError,
  GithubEmailMissingError,
  GithubFlowExpiredError,
  GithubLinkRequiredError,
  GithubNotLinkedError,
  GithubUsernameTakenError,
} from './social-accounts.errors.js';
import { SocialAccountsRepository } from './social-accounts.repository.js';
import { type ExternalIdentity, type SocialAccount } from './social-accounts.types.js';

/** No password has this hash; one can be set by mail. */
const NO_PASSWORD = '!';
const MAX_NAME_LENGTH = 150;

/** Accounts at GitHub that open accounts here (docs/adr/0012). */
@Injectable()
export class SocialAccountsService {
  constructor(
    private readonly changes: AccountChanges,
    private readonly mails: MailsService,
    private readonly users: UsersRepository,
    private readonly addresses: AddressesRepository,
    private readonly accounts: SocialAccountsRepository,
    private readonly clock: Clock,
  ) {}

  /** Null for an account that is not linked. */
  find(userId: number): Promise<SocialAccount | null> {
    return this.accounts.findByUser(userId);
  }

  async isLinked(uid: string): Promise<boolean> {
    return (await this.accounts.findByUid(uid)) !== null;
  }

  /** The active user this account is linked to, by its number and nothing else; its name is stored as it is now. */
  async logIn(identity: ExternalIdentity): Promise<User | null> {
    const userId = await this.accounts.saveLogin(identity, this.clock.now());
    return userId === null ? null : this.users.find(userId);
  }

  /**
   * Lets somebody in whose account is not linked: links it to the account that has proved the same address, or makes a
   * new one. `email` must be verified there. Null when that account is disabled. Throws GithubLinkRequiredError,
   * GithubAlreadyLinkedError, GithubUsernameTakenError, GithubEmailMissingError, AddressTakenError.
   */
  async admit(identity: ExternalIdentity, email: string | null): Promise<User | null> {
    if (email === null || !isEmailAddress(email)) throw new GithubEmailMissingError();
    try {
      const owner = await this.users.findByAddress(email);
      if (owner?.isActive === false) return null;
      const userId = owner ? await this.adopt(owner.id, identity, email) : await this.signUp(identity, email);
      await this.accounts.saveLogin(identity, this.clock.now());
      return await this.users.find(userId);
    } catch (error) {
      const violated = violatedUniqueConstraint(error);
      if (violated === null && !(error instanceof DomainError)) throw error;
      // The same person may be at it twice; then the other login has just made the account or the link.
      const winner = await this.logIn(identity);
      if (winner) return winner;
      if (violated === 'uq_users_username') throw new GithubUsernameTakenError(identity.login);
      if (violated === 'uq_email_addresses_verified') throw new AddressTakenError();
      throw error;
    }
  }

  /**
   * Links an account to the user's own, as the user wishes; `begunAt` is when the password was confirmed for it. Throws
   * GithubFlowExpiredError, GithubAlreadyLinkedError, GithubAccountTakenError.
   */
  async link(userId: number, identity: ExternalIdentity, begunAt: Date): Promise<SocialAccount> {
    try {
      return await this.changes.run(userId, async (tx, user) => {
        if (!user.isActive || hasBeenEnded(user, begunAt.getTime() / 1000)) throw new GithubFlowExpiredError();
        const holder = await this.accounts.findByUid(identity.uid, tx);
        if (holder && holder.userId !== userId) throw new GithubAccountTakenError(identity.login);
        return holder ?? (await this.store(tx, user, identity, 'owner'));
      });
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'uq_social_accounts_provider_uid')
        throw new GithubAccountTakenError(identity.login);
      throw error;
    }
  }

  /** Throws GithubNotLinkedError. */
  async unlink(userId: number): Promise<void> {
    const account = await this.changes.run(userId, (tx, user) => this.remove(tx, user));
    if (!account) throw new GithubNotLinkedError();
  }

  /**
   * As {@link unlink}, by somebody who looks after the installation. What was linked, or null when nothing is. Throws
   * SuperuserAccountError, BeyondOwnPermissionsError, UserNotFoundError.
   */
  unlinkBy(author: Author, userId: number): Promise<SocialAccount | null> {
    return this.changes.run(userId, (tx, user) => {
      assertMayChange(author, user);
      return this.remove(tx, user, author);
    });
  }

  private async remove(tx: Transaction, user: UserWithHash, author?: Author): Promise<SocialAccount | null> {
    const account = await this.accounts.findByUser(user.id, tx);
    if (!account) return null;
    await this.accounts.delete(tx, user.id);
    const { uid, login } = account;
    await this.changes.record(tx, user, 'user.github_unlinked', { githubId: uid, login }, author);
    await this.changes.tell(tx, user.email, (site, to) => accountMails.githubUnlinked(site, to, user.username, login));
    return account;
  }

  private adopt(userId: number, identity: ExternalIdentity, email: string): Promise<number> {
    return this.changes.run(userId, async (tx, user) => {
      // Once more under the lock: addresses move.
      const owner = await this.addresses.findVerifiedOwner(tx, email);
      if (owner?.userId !== userId) throw new AddressTakenError();
      if (user.isStaff || user.isSuperuser) throw new GithubLinkRequiredError();
      await this.store(tx, user, identity, 'address');
      return userId;
    });
  }

  private async store(
    tx: Transaction,
    user: UserWithHash,
    identity: ExternalIdentity,
    by: 'owner' | 'address',
  ): Promise<SocialAccount> {
    if (await this.accounts.findByUser(user.id, tx)) throw new GithubAlreadyLinkedError();
    await this.accounts.insert(tx, user.id, identity, this.clock.now());
    const { uid, login } = identity;
    await this.changes.record(tx, user, 'user.github_linked', { githubId: uid, login, by });
    await this.changes.tell(tx, user.email, (site, to) => accountMails.githubLinked(site, to, user.username, login));
    const stored = await this.accounts.findByUser(user.id, tx);
    if (!stored) throw new Error('INSERT INTO social_accounts left no row');
    return stored;
  }

  /** As the old system did (contract section 5.1), but never under a name that differs from the one at GitHub. */
  private async signUp(identity: ExternalIdentity, email: string): Promise<number> {
    const { uid, login: username } = identity;
    assertUsername(username);
    return this.mails.transaction(async (tx) => {
      if (await this.users.findByUsername(username, tx)) throw new GithubUsernameTakenError(username);
      const now = this.clock.now();
      const person = { username, email, ...namesOf(identity), passwordHash: NO_PASSWORD };
      const draft = { ...person, isStaff: false, isSuperuser: false, isEmailVerified: true };
      const id = await this.users.insert(tx, draft, now);
      await this.accounts.insert(tx, id, identity, now);
      await this.changes.record(tx, { id, username }, 'user.registered', { username, githubId: uid });
      return id;
    });
  }
}

/** Only a guess; people change it in their profile. */
function namesOf({ name }: ExternalIdentity): { firstName: string; lastName: string } {
  const words = (name ?? '')
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .split(/\s+/);
  const [firstName = '', ...rest] = words;
  return { firstName: firstName.slice(0, MAX_NAME_LENGTH), lastName: rest.join(' ').slice(0, MAX_NAME_LENGTH) };
}
