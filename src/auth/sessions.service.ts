import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { newTokenId } from '../common/ids/ids.js';
import { AppConfig } from '../config/app-config.js';
import { AddressVerificationService } from '../users/addresses/address-verification.service.js';
import { EmailUnverifiedError } from '../users/users.errors.js';
import { type User } from '../users/users.types.js';
import { TokenRejectedError } from './auth.errors.js';
import { LoginService } from './login.service.js';
import { readTokenId, readUserId } from './signed-claims.js';
import { SessionSigner } from './token-signer.js';

const TOKEN_TYPE = 'session';

export interface Session {
  accessToken: string;
  expiresInSeconds: number;
}

/** Whom a session token stands for, and since when: seconds since the epoch, to the millisecond. */
export interface SessionClaims {
  userId: number;
  issuedAt: number;
}

/** A person's login to /api/v1 and /admin, independent of any organization. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly signer: SessionSigner,
    private readonly logins: LoginService,
    private readonly verification: AddressVerificationService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /**
   * `login` is a username or a verified e-mail address. Throws CredentialsRejectedError, TooManyAttemptsError, and
   * EmailUnverifiedError for an account that has to prove its address first; it is sent the link again.
   */
  async logIn(login: string, password: string, address: string): Promise<Session> {
    // The moment the login began: should the password change while it is checked, the session is too old at once.
    const startedAt = this.clock.now();
    const user = await this.logins.authenticate('sessionLogin', login, password, address);
    return this.open(user, startedAt);
  }

  /**
   * A session of a user who has just proved who they are; what began at `startedAt` ends with a password changed since.
   * Throws EmailUnverifiedError.
   */
  async open(user: User, startedAt: Date): Promise<Session> {
    if (user.mustVerifyEmail) {
      await this.verification.remind(user);
      throw new EmailUnverifiedError();
    }
    const iat = startedAt.getTime() / 1000;
    const lifetime = this.config.env.PS_TOKEN_ACCESS_LIFETIME_SECONDS;
    const claims = {
      token_type: TOKEN_TYPE,
      iat,
      exp: Math.floor(iat) + lifetime,
      jti: newTokenId(),
      user_id: user.id,
    };
    return { accessToken: this.signer.sign(claims), expiresInSeconds: lifetime };
  }

  /** The claims of a session token, or null for a token of another kind. Throws TokenRejectedError. */
  verify(token: string): SessionClaims | null {
    if (!this.signer.claimsToBe(token)) return null;
    const claims = this.signer.verify(token);
    readTokenId(claims);
    const { token_type, iat } = claims;
    if (token_type !== TOKEN_TYPE) throw new TokenRejectedError('wrong_type');
    if (typeof iat !== 'number') throw new TokenRejectedError('invalid');
    return { userId: readUserId(claims), issuedAt: iat };
  }
}
