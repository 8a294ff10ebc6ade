import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { newTokenId } from '../common/ids/ids.js';
import { AppConfig } from '../config/app-config.js';
import { UsersService } from '../users/users.service.js';
import { CredentialsRejectedError, TokenRejectedError } from './auth.errors.js';
import { LoginThrottle } from './login-throttle.js';
import { TokenSigner } from './token-signer.js';
import { userIdOf } from './user-id-claim.js';

/** Not `access`: clusters and the old API must never take it for a token of an organization. */
const TOKEN_TYPE = 'session';

export interface Session {
  accessToken: string;
  expiresInSeconds: number;
}

/** A person's login to /api/v1 and /admin, independent of any organization. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly signer: TokenSigner,
    private readonly users: UsersService,
    private readonly throttle: LoginThrottle,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  async logIn(username: string, password: string, address: string): Promise<Session> {
    const user = await this.throttle.guard('session', username, address, () =>
      this.users.authenticate(username, password),
    );
    if (!user) throw new CredentialsRejectedError();
    const lifetime = this.config.env.PS_TOKEN_ACCESS_LIFETIME_SECONDS;
    const iat = this.clock.nowSeconds();
    const claims = { token_type: TOKEN_TYPE, iat, exp: iat + lifetime, jti: newTokenId(), user_id: user.id };
    return { accessToken: await this.signer.sign(claims), expiresInSeconds: lifetime };
  }

  /** The user id of a valid session token, or null when the token is of another type. Throws TokenRejectedError. */
  async verify(token: string): Promise<number | null> {
    const { token_type, user_id } = await this.signer.verify(token);
    if (token_type !== TOKEN_TYPE) return null;
    const userId = userIdOf(user_id);
    if (userId === null) throw new TokenRejectedError('no_user');
    return userId;
  }
}
