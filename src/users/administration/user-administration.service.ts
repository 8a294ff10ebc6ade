import { Injectable } from '@nestjs/common';
import { type Author } from '../../common/access/actor.js';
import { type ListQuery, type Page } from '../../common/paging/page.js';
import { violatedUniqueConstraint } from '../../database/sql.js';
import { AccountChanges } from '../account-changes.js';
import { AddressTakenError } from '../addresses/addresses.errors.js';
import { CredentialEndings } from '../credential-endings.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { SuperuserRequiredError, UsernameTakenError, UserNotFoundError } from '../users.errors.js';
import { type AdministeredUser, type User, type UserChange } from '../users.types.js';
import { assertMayChange, assertMayGrant, assertNotOwn } from './account-authority.js';
import { UserChangeStore } from './user-change-store.js';
import { changedFields, withUserChange } from './user-changes.js';
import { UserAdministrationRepository } from './user-administration.repository.js';

/** Everybody's accounts, for those who look after them. */
@Injectable()
export class UserAdministrationService {
  constructor(
    private readonly listings: UserAdministrationRepository,
    private readonly changes: AccountChanges,
    private readonly store: UserChangeStore,
    private readonly passwords: PasswordsService,
    private readonly endings: CredentialEndings,
  ) {}

  list(query: ListQuery): Promise<Page<AdministeredUser>> {
    return this.listings.list(query);
  }

  async get(id: number): Promise<AdministeredUser> {
    const user = await this.listings.find(id);
    if (!user) throw new UserNotFoundError(id);
    return user;
  }

  /**
   * Changes what is given. An inactive account's logins are refused; its sessions and tokens end for good, but
   * access tokens of organizations are refused only until it is active again. Throws
   * SuperuserAccountError, SuperuserRequiredError, BeyondOwnPermissionsError, LastSuperuserError, InvalidUserError,
   * UsernameTakenError, AddressTakenError, UnknownGroupError.
   */
  update(id: number, change: UserChange, author: Author): Promise<AdministeredUser> {
    return this.change(id, () => change, author);
  }

  /** Being in the group already changes nothing. */
  addToGroup(id: number, group: string, author: Author): Promise<AdministeredUser> {
    return this.change(id, ({ groups }) => ({ groups: [...groups, group] }), author);
  }

  /** Not being in the group changes nothing. */
  removeFromGroup(id: number, group: string, author: Author): Promise<AdministeredUser> {
    return this.change(id, ({ groups }) => ({ groups: groups.filter((name) => name !== group) }), author);
  }

  /** Ends every session and refresh token of the account, and tells its owner. Throws WeakPasswordError. */
  async setPassword(id: number, password: string, author: Author): Promise<void> {
    assertNotOwn(author, id);
    const person = await this.get(id);
    assertMayChange(author, person);
    const hash = await this.passwords.hashStrong(password, person);
    await this.changes.run(id, async (tx, user) => {
      assertMayChange(author, user);
      await this.passwords.store(tx, user, hash, 'user.password_set', author);
    });
  }

  /**
   * Ends every session, refresh token and personal token of the account, and nothing else: its password stays. Said
   * again it ends what came since. Throws SuperuserAccountError, BeyondOwnPermissionsError, UserNotFoundError.
   */
  endSessions(id: number, author: Author): Promise<{ endedAt: Date; endedTokens: number }> {
    return this.changes.run(id, async (tx, user) => {
      assertMayChange(author, user);
      const ended = await this.endings.endSessionsToo(tx, user, 'user.sessions_ended', author);
      const details = { username: user.username, personalTokens: ended.endedTokens };
      await this.changes.record(tx, user, 'user.sessions_ended', details, author);
      return ended;
    });
  }

  private async change(id: number, wish: (user: User) => UserChange, author: Author): Promise<AdministeredUser> {
    let username = '';
    try {
      await this.changes.runEnding(id, async (tx, before) => {
        assertMayChange(author, before);
        const wished = withUserChange(before, wish(before));
        username = wished.username;
        if (wished.isSuperuser !== before.isSuperuser && !author.isSuperuser) throw new SuperuserRequiredError();
        if (!wished.isSuperuser || !wished.isActive) await this.changes.assertAnotherSuperuser(tx, before);
        const after = await this.store.save(tx, before, wished, author);
        assertMayGrant(author, before, after);
        const changed = changedFields(before, after);
        if (changed) await this.changes.record(tx, before, 'user.updated', changed, author);
      });
    } catch (error) {
      const violated = violatedUniqueConstraint(error);
      if (violated === 'uq_users_username') throw new UsernameTakenError(username);
      if (violated === 'uq_email_addresses_verified') throw new AddressTakenError();
      throw error;
    }
    return this.get(id);
  }
}
