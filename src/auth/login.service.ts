import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { clientNetwork } from '../common/http/client-network.js';
import { ThrottleService } from '../throttling/throttle.service.js';
import { UsersService } from '../users/users.service.js';
import { type User } from '../users/users.types.js';
import { CredentialsRejectedError } from './auth.errors.js';
import { KnownAddressesRepository } from './known-addresses.repository.js';

/** An address stays known for a month; that is not worth a write for every login. */
const REMEMBER_AGAIN_MS = 86_400_000;

/** The one place where a username and a password are checked for a client that is not logged in. */
@Injectable()
export class LoginService {
  constructor(
    private readonly throttle: ThrottleService,
    private readonly users: UsersService,
    private readonly knownAddresses: KnownAddressesRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * The active user with this name, or verified address at a personal login, and password. Throws CredentialsRejectedError, or TooManyAttemptsError, and then no
   * password was looked at.
   *
   * Strangers' failures share one counter per account; each address the account was logged in from has one of its own.
   * So whoever guesses from elsewhere cannot keep the owner out, and guessing from a known address is slow as well.
   */
  async authenticate(
    rule: 'sessionLogin' | 'organizationLogin',
    username: string,
    password: string,
    address: string,
  ): Promise<User> {
    const [account, network] = [username.toLowerCase(), clientNetwork(address)];
    const now = this.clock.now();
    const last = await this.knownAddresses.lastSuccess(account, network, now);
    const subjects = { account: JSON.stringify(last ? [account, network] : [account]), address: network };
    const user = await this.throttle.guard(
      rule,
      subjects,
      () =>
        rule === 'sessionLogin'
          ? this.users.authenticateByNameOrAddress(username, password)
          : this.users.authenticate(username, password),
      // At a known address the failures before were most likely the owner's own; those of strangers stay counted.
      last ? 'account' : undefined,
    );
    if (!user) throw new CredentialsRejectedError();
    const isFresh = last !== null && now.getTime() - last.getTime() < REMEMBER_AGAIN_MS;
    if (!isFresh) await this.knownAddresses.remember(account, network, now);
    return user;
  }
}
