import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { newTokenId } from '../common/ids/ids.js';
import { AppConfig } from '../config/app-config.js';
import { TokenRejectedError } from './auth.errors.js';
import { LoginService } from './login.service.js';
import { readTokenId, readUserId } from './signed-claims.js';
import { SessionSigner } from './token-signer.js';

const TOKEN_TYPE = 'session';

export interface Session {
  accessToken: string;
  expiresInSeconds: number;
}

/** A person's login to /api/v1 and /admin, independent of any organization. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly signer: SessionSigner,
    private readonly logins: LoginService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  async logIn(username: string, password: string, address: string): Promise<Session> {
    const user = await this.logins.authenticate('sessionLogin', username, password, address);
    const lifetime = this.config.env.PS_TOKEN_ACCESS_LIFETIME_SECONDS;
    const iat = this.clock.nowSeconds();
    const claims = { token_type: TOKEN_TYPE, iat, exp: iat + lifetime, jti: newTokenId(), user_id: user.id };
    return { accessToken: this.signer.sign(claims), expiresInSeconds: lifetime };
  }

  /** The user's id, or null for a token of another kind. Throws TokenRejectedError. */
  verify(token: string): number | null {
    if (!this.signer.claimsToBe(token)) return null;
    const claims = this.signer.verify(token);
    readTokenId(claims);
    if (claims.token_type !== TOKEN_TYPE) throw new TokenRejectedError('wrong_type');
    return readUserId(claims);
  }
}
