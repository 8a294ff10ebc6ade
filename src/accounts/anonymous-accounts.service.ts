import { Injectable } from '@nestjs/common';
import { clientNetwork } from '../common/http/client-network.js';
import { ThrottleService } from '../throttling/throttle.service.js';
import { AddressVerificationService } from '../users/addresses/address-verification.service.js';
import { PasswordResetService } from '../users/passwords/password-reset.service.js';
import { RegistrationService } from '../users/registration.service.js';
import { type Registration } from '../users/users.types.js';

/**
 * What people do with accounts before they can log in, as often as their address may. Counted is what they typed,
 * before anything is looked up, so that a limit tells nothing about which accounts there are. Everything here throws
 * TooManyAttemptsError besides what is said.
 */
@Injectable()
export class AnonymousAccountsService {
  constructor(
    private readonly throttle: ThrottleService,
    private readonly registration: RegistrationService,
    private readonly verification: AddressVerificationService,
    private readonly passwordReset: PasswordResetService,
  ) {}

  /** Throws InvalidUserError, WeakPasswordError, UsernameTakenError. */
  async register(input: Registration, address: string): Promise<void> {
    await this.throttle.guard('registration', at(address), () => this.registration.register(input));
  }

  /** Sends the link to an unverified address again. */
  async resendVerification(email: string, address: string): Promise<void> {
    await this.throttle.guard('confirmationMail', at(address), () => this.verification.resend(email));
  }

  /** The address that is verified now. Throws LinkInvalidError, AddressTakenError. */
  async verify(token: string, address: string): Promise<{ email: string }> {
    const verify = async (): Promise<{ email: string }> => ({ email: await this.verification.verify(token) });
    return this.throttle.guard('oneTimeKey', at(address), verify);
  }

  async requestReset(email: string, address: string): Promise<void> {
    const subjects = { ...at(address), mailbox: email.toLowerCase() };
    await this.throttle.guard('passwordReset', subjects, () => this.passwordReset.request(email));
  }

  /** Throws LinkInvalidError, WeakPasswordError. */
  async confirmReset(token: string, newPassword: string, address: string): Promise<void> {
    await this.throttle.guard('oneTimeKey', at(address), () => this.passwordReset.confirm(token, newPassword));
  }
}

function at(address: string): { address: string } {
  return { address: clientNetwork(address) };
}
