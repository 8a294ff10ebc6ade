import { Injectable } from '@nestjs/common';
import { type Author } from '../../common/access/actor.js';
import { type ListQuery, type Page } from '../../common/paging/page.js';
import { violatedUniqueConstraint } from '../../database/sql.js';
import { AccountChanges } from '../account-changes.js';
import { AddressTakenError } from '../addresses/addresses.errors.js';
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
   * Changes what is given. An inactive account's logins and tokens are refused; its personal tokens end for good. Throws
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
