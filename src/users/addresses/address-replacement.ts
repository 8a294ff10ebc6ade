import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { newId } from '../../common/ids/ids.js';
import { type Transaction } from '../../database/transaction.js';
import { AccountChanges } from '../account-changes.js';
import { accountMails } from '../account-mail-texts.js';
import { assertEmailAddress, isSameAddress } from '../account-rules.js';
import { type User } from '../users.types.js';
import { AddressesRepository } from './addresses.repository.js';

/** Another address in place of the primary one, on the word of an administrator instead of a proof. */
@Injectable()
export class AddressReplacement {
  constructor(
    private readonly addresses: AddressesRepository,
    private readonly changes: AccountChanges,
    private readonly clock: Clock,
  ) {}

  /**
   * Whoever reads the mail of the old address can reset the password no more; it is told. The caller sees to the record.
   * Violates `uq_email_addresses_verified` when the address belongs to another account.
   */
  async replacePrimary(tx: Transaction, user: User, email: string): Promise<void> {
    assertEmailAddress(email);
    const now = this.clock.now();
    const present = await this.addresses.list(user.id, tx);
    const own = present.find((address) => isSameAddress(address.email, email));
    // One that differs in letter case only is written anew, too.
    const replaced = present.filter(({ isPrimary, id }) => isPrimary || id === own?.id);
    for (const { id } of replaced) await this.addresses.delete(tx, user.id, id);
    const id = newId();
    await this.addresses.insert(tx, id, user.id, email, now);
    await this.addresses.markVerified(tx, user.id, email, now);
    await this.addresses.makePrimary(tx, { id, userId: user.id, email }, now);
    const what = `an administrator has put ${email} in place of ${user.email}`;
    await this.changes.tell(tx, user.email, (site, to) => accountMails.addressesChanged(site, to, user.username, what));
  }
}
