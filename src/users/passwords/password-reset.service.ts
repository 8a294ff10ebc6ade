import { Injectable } from '@nestjs/common';
import { MailsService } from '../../mail/mails.service.js';
import { AccountChanges } from '../account-changes.js';
import { accountMails } from '../account-mail-texts.js';
import { isSameAddress } from '../account-rules.js';
import { AddressVerificationService } from '../addresses/address-verification.service.js';
import { AddressesRepository } from '../addresses/addresses.repository.js';
import { OneTimeTokens } from '../one-time-tokens.js';
import { LinkInvalidError } from '../users.errors.js';
import { UsersRepository } from '../users.repository.js';
import { PasswordsService } from './passwords.service.js';

/** A new password for whoever reads the account's mail. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly changes: AccountChanges,
    private readonly mails: MailsService,
    private readonly addresses: AddressesRepository,
    private readonly verification: AddressVerificationService,
    private readonly tokens: OneTimeTokens,
    private readonly passwords: PasswordsService,
    private readonly users: UsersRepository,
  ) {}

  /** Mails a link, or that there is no account; the caller cannot tell which. Once in three minutes per address. */
  async request(email: string): Promise<void> {
    await this.mails.transaction(async (tx) => {
      if (!(await this.mails.mayAdd(tx, 'reset_password', email))) return;
      const owner = await this.addresses.findLikelyOwner(tx, email);
      if (!owner) {
        await this.mails.add(tx, (site) => accountMails.noAccount(site, email));
        return;
      }
      const token = await this.tokens.issue(tx, 'reset_password', owner);
      await this.mails.add(tx, (site) => accountMails.resetPassword(site, owner.email, owner.username, token));
    });
  }

  /**
   * Sets the password, and takes the address for verified: its mail was read. Ends every session and refresh token.
   * Throws LinkInvalidError, and WeakPasswordError, after which the link can be used again.
   */
  async confirm(token: string, newPassword: string): Promise<void> {
    const { userId } = await this.tokens.holder('reset_password', token);
    const person = await this.users.find(userId);
    if (!person?.isActive) throw new LinkInvalidError();
    const newHash = await this.passwords.hashStrong(newPassword, person);
    await this.changes.run(userId, async (tx, user) => {
      const { email } = await this.tokens.use(tx, 'reset_password', token);
      // Somebody who took an address off the account no longer trusts whoever reads its mail.
      const isOwn = (await this.addresses.list(userId, tx)).some((address) => isSameAddress(address.email, email));
      if (!user.isActive || !isOwn) throw new LinkInvalidError();
      await this.verification.markProven(tx, user, email);
      await this.passwords.store(tx, user, newHash, 'user.password_reset');
    });
  }
}
