import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { violatedUniqueConstraint } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { MailsService } from '../../mail/mails.service.js';
import { AccountChanges } from '../account-changes.js';
import { accountMails } from '../account-mail-texts.js';
import { isSameAddress, masked } from '../account-rules.js';
import { OneTimeTokens } from '../one-time-tokens.js';
import { LinkInvalidError } from '../users.errors.js';
import { type User } from '../users.types.js';
import { AddressTakenError } from './addresses.errors.js';
import { type AddressOwner, AddressesRepository } from './addresses.repository.js';

/** Proof that a person reads the mail of an address. */
@Injectable()
export class AddressVerificationService {
  constructor(
    private readonly changes: AccountChanges,
    private readonly mails: MailsService,
    private readonly addresses: AddressesRepository,
    private readonly tokens: OneTimeTokens,
    private readonly clock: Clock,
  ) {}

  /**
   * Mails a link to the address or, when another account has proved it, tells that account's owner; neither more than
   * once in three minutes. The user cannot tell which.
   */
  async send(tx: Transaction, user: Pick<User, 'id' | 'username'>, email: string): Promise<void> {
    const owner = await this.addresses.findVerifiedOwner(tx, email);
    if (owner && owner.userId !== user.id) {
      await this.tellOwner(tx, owner);
      return;
    }
    if (!(await this.mails.mayAdd(tx, 'verify_address', email))) return;
    const token = await this.tokens.issue(tx, 'verify_email', { userId: user.id, email });
    await this.mails.add(tx, (site) => accountMails.verifyAddress(site, email, user.username, token));
  }

  /** Sends the link to the primary address again, for somebody who may not log in without it. */
  async remind(user: Pick<User, 'id' | 'username' | 'email'>): Promise<void> {
    await this.mails.transaction((tx) => this.send(tx, user, user.email));
  }

  /** Sends the link again if an account waits for this address; the caller cannot tell whether one does. */
  async resend(email: string): Promise<void> {
    await this.mails.transaction(async (tx) => {
      const owner = await this.addresses.findLikelyOwner(tx, email);
      if (!owner || owner.isVerified) return;
      await this.send(tx, { id: owner.userId, username: owner.username }, owner.email);
    });
  }

  /** The address that is verified now. Throws LinkInvalidError, AddressTakenError. */
  async verify(token: string): Promise<string> {
    const { userId } = await this.tokens.holder('verify_email', token);
    try {
      return await this.changes.run(userId, async (tx, user) => {
        const { email } = await this.tokens.use(tx, 'verify_email', token);
        const own = (await this.addresses.list(userId, tx)).find((address) => isSameAddress(address.email, email));
        if (!own || !user.isActive) throw new LinkInvalidError();
        if (own.verifiedAt === null) await this.mark(tx, user, email);
        return own.email;
      });
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'uq_email_addresses_verified') throw new AddressTakenError();
      throw error;
    }
  }

  /** Takes an address of the user for verified, if it is one and no other account has proved it. */
  async markProven(tx: Transaction, user: Pick<User, 'id' | 'username'>, email: string): Promise<void> {
    if (!(await this.addresses.isVerified(tx, email))) await this.mark(tx, user, email);
  }

  private async tellOwner(tx: Transaction, { email, username }: AddressOwner): Promise<void> {
    if (!(await this.mails.mayAdd(tx, 'account_exists', email))) return;
    await this.mails.add(tx, (site) => accountMails.accountExists(site, email, username));
  }

  private async mark(tx: Transaction, user: Pick<User, 'id' | 'username'>, email: string): Promise<void> {
    const isMarked = await this.addresses.markVerified(tx, user.id, email, this.clock.now());
    if (isMarked) await this.changes.record(tx, user, 'user.email_verified', { email: masked(email) });
  }
}
