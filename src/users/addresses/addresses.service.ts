import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { newId } from '../../common/ids/ids.js';
import { type Transaction } from '../../database/transaction.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { AccountChanges } from '../account-changes.js';
import { accountMails } from '../account-mail-texts.js';
import { assertEmailAddress, isSameAddress, masked } from '../account-rules.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { type User } from '../users.types.js';
import { AddressVerificationService } from './address-verification.service.js';
import {
  AddressExistsError,
  AddressNotFoundError,
  PrimaryAddressError,
  TooManyAddressesError,
  UnverifiedAddressError,
} from './addresses.errors.js';
import { AddressesRepository } from './addresses.repository.js';
import { type EmailAddress } from './addresses.types.js';

/** Contract section 5.1. */
const MAX_ADDRESSES = 10;

/**
 * The e-mail addresses of an account. Mails about the account go to the primary one. Every change throws
 * TooManyAttemptsError besides what is said.
 */
@Injectable()
export class AddressesService {
  constructor(
    private readonly changes: AccountChanges,
    private readonly addresses: AddressesRepository,
    private readonly verification: AddressVerificationService,
    private readonly passwords: PasswordsService,
    private readonly throttle: ThrottleService,
    private readonly clock: Clock,
  ) {}

  /** The primary one first, then the oldest. */
  list(userId: number): Promise<EmailAddress[]> {
    return this.addresses.list(userId);
  }

  /**
   * Adds an address and mails a link to it. Needs the password: whoever reads the mail of an address can reset the
   * password, so a stolen session alone must not be able to add one. An address of another account is taken like any
   * other, for the answer must not tell whose addresses there are; it only never becomes verified.
   */
  async add(userId: number, email: string, password: string): Promise<EmailAddress> {
    assertEmailAddress(email);
    await this.passwords.confirm(userId, password);
    return this.change(userId, async (tx, user) => {
      const present = await this.addresses.list(userId, tx);
      if (present.some((address) => isSameAddress(address.email, email))) throw new AddressExistsError();
      if (present.length >= MAX_ADDRESSES) throw new TooManyAddressesError(MAX_ADDRESSES);
      const id = newId();
      await this.addresses.insert(tx, id, userId, email, this.clock.now());
      await this.verification.send(tx, user, email);
      await this.changed(tx, user, 'user.email_added', email, `${email} was added`);
      return this.own(tx, userId, id);
    });
  }

  /** Mails the link to an unverified address again, once in three minutes. */
  async resend(userId: number, addressId: string): Promise<void> {
    await this.change(userId, async (tx, user) => {
      const { email, verifiedAt } = await this.own(tx, userId, addressId);
      if (verifiedAt === null) await this.verification.send(tx, user, email);
    });
  }

  /** Makes a verified address the primary one, and tells the one that was. */
  makePrimary(userId: number, addressId: string): Promise<EmailAddress> {
    return this.change(userId, async (tx, user) => {
      const address = await this.own(tx, userId, addressId);
      if (address.verifiedAt === null) throw new UnverifiedAddressError();
      if (!address.isPrimary) {
        await this.addresses.makePrimary(tx, address, this.clock.now());
        const what = `${address.email} is the primary one now, in place of ${user.email}`;
        await this.changed(tx, user, 'user.primary_email_changed', address.email, what);
      }
      return this.own(tx, userId, addressId);
    });
  }

  async remove(userId: number, addressId: string): Promise<void> {
    await this.change(userId, async (tx, user) => {
      const { email, isPrimary } = await this.own(tx, userId, addressId);
      if (isPrimary) throw new PrimaryAddressError();
      await this.addresses.delete(tx, userId, addressId);
      await this.changed(tx, user, 'user.email_removed', email, `${email} was removed`);
    });
  }

  private change<T>(userId: number, change: (tx: Transaction, user: User) => Promise<T>): Promise<T> {
    return this.throttle.guard('addressChange', { account: String(userId) }, () => this.changes.run(userId, change));
  }

  private async own(tx: Transaction, userId: number, addressId: string): Promise<EmailAddress> {
    const own = (await this.addresses.list(userId, tx)).find(({ id }) => id === addressId);
    if (!own) throw new AddressNotFoundError(addressId);
    return own;
  }

  /** On the record, and told to the address that was primary before. */
  private async changed(tx: Transaction, user: User, action: string, email: string, what: string): Promise<void> {
    await this.changes.record(tx, user, action, { email: masked(email), primaryBefore: masked(user.email) });
    await this.changes.tell(tx, user.email, (site, to) => accountMails.addressesChanged(site, to, user.username, what));
  }
}
