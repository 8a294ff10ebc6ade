import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { violatedUniqueConstraint } from '../database/sql.js';
import { AccountChanges } from './account-changes.js';
import { assertNoForeignAddress, assertUsername } from './account-rules.js';
import { AddressesRepository } from './addresses/addresses.repository.js';
import { UserNotFoundError, UsernameTakenError } from './users.errors.js';
import { UsersRepository } from './users.repository.js';
import { type User } from './users.types.js';

export interface ProfileChange {
  username?: string | undefined;
  firstName?: string | undefined;
  lastName?: string | undefined;
}

/** What people are called. Their e-mail addresses have a flow of their own (B27). */
@Injectable()
export class ProfileService {
  constructor(
    private readonly changes: AccountChanges,
    private readonly users: UsersRepository,
    private readonly addresses: AddressesRepository,
    private readonly clock: Clock,
  ) {}

  /** Throws UserNotFoundError. */
  async get(userId: number): Promise<User> {
    const user = await this.users.find(userId);
    if (!user) throw new UserNotFoundError(userId);
    return user;
  }

  /**
   * Changes what is given. Tokens that are out there keep the old username, and go on: the account is known by its
   * number. Throws InvalidUserError, UsernameTakenError.
   */
  async update(userId: number, change: ProfileChange): Promise<User> {
    try {
      await this.changes.run(userId, async (tx, user) => {
        const before = { username: user.username, firstName: user.firstName, lastName: user.lastName };
        const after = {
          username: change.username ?? before.username,
          firstName: change.firstName ?? before.firstName,
          lastName: change.lastName ?? before.lastName,
        };
        if (after.username !== before.username) {
          assertUsername(after.username);
          assertNoForeignAddress(after.username, await this.addresses.listVerified(tx, userId));
        }
        await this.users.saveProfile(tx, userId, after, this.clock.now());
        const changed = Object.keys(change).filter((name) => change[name as keyof ProfileChange] !== undefined);
        const usernames = { before: before.username, after: after.username };
        await this.changes.record(tx, user, 'user.profile_updated', { changed, username: usernames });
      });
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'uq_users_username') throw new UsernameTakenError(change.username ?? '');
      throw error;
    }
    return this.get(userId);
  }
}
