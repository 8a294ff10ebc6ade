import { Injectable } from '@nestjs/common';
import { type Author } from '../../common/access/actor.js';
import { Clock } from '../../common/clock/clock.js';
import { type Transaction } from '../../database/transaction.js';
import { assertNoForeignAddress, assertUsername } from '../account-rules.js';
import { AddressReplacement } from '../addresses/address-replacement.js';
import { AddressesRepository } from '../addresses/addresses.repository.js';
import { CredentialEndings } from '../credential-endings.service.js';
import { UnknownGroupError, UserNotFoundError } from '../users.errors.js';
import { UsersRepository } from '../users.repository.js';
import { type User } from '../users.types.js';

/** Writes what an administrator wants an account to be. Whether the administrator may, is asked elsewhere. */
@Injectable()
export class UserChangeStore {
  constructor(
    private readonly users: UsersRepository,
    private readonly addresses: AddressesRepository,
    private readonly replacement: AddressReplacement,
    private readonly endings: CredentialEndings,
    private readonly clock: Clock,
  ) {}

  /** The account as it is then. Throws InvalidUserError, UnknownGroupError. */
  async save(tx: Transaction, before: User, wished: User, author: Author): Promise<User> {
    const { id } = before;
    const now = this.clock.now();
    if (wished.email !== before.email) await this.replacement.replacePrimary(tx, before, wished.email);
    if (wished.username !== before.username) {
      assertUsername(wished.username);
      assertNoForeignAddress(wished.username, await this.addresses.listVerified(tx, id));
    }
    await this.users.saveProfile(tx, id, wished, now);
    await this.users.saveStanding(tx, id, wished, now);
    await this.users.keepInGroups(tx, id, wished.groups);
    const unknown = await this.users.addToGroups(tx, id, wished.groups);
    if (unknown.length > 0) throw new UnknownGroupError(unknown);
    if (before.isActive && !wished.isActive) await this.endings.endSessionsToo(tx, before, 'user.updated', author);
    const after = await this.users.find(id, tx);
    if (!after) throw new UserNotFoundError(id);
    return after;
  }
}
