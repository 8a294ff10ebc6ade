import { Injectable } from '@nestjs/common';
import { type Actor } from '../common/access/actor.js';
import { UsersService } from '../users/users.service.js';
import { toActor } from '../users/users.types.js';
import { AuthenticationRequiredError, TokenRejectedError } from './auth.errors.js';
import { OrganizationTokensService } from './organization-tokens.service.js';
import { SessionsService } from './sessions.service.js';

/** Who a token stands for, and how far it reaches. */
export interface Identity {
  actor: Actor;
  /** The only organization the token is good for; null for a personal login. */
  tokenOrganization: string | null;
}

/** Finds out who is behind a request. */
@Injectable()
export class IdentityService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: OrganizationTokensService,
    private readonly users: UsersService,
  ) {}

  /** Throws AuthenticationRequiredError without a bearer token, and TokenRejectedError with a bad one. */
  async identify(authorization: string | undefined): Promise<Identity> {
    const [scheme, token, ...rest] = (authorization ?? '').split(' ');
    if (scheme !== 'Bearer' || !token || rest.length > 0) throw new AuthenticationRequiredError();
    const sessionUser = await this.sessions.verify(token);
    if (sessionUser !== null) return { actor: await this.activeActor(sessionUser), tokenOrganization: null };
    const claims = await this.tokens.verifyAccess(token);
    return { actor: await this.activeActor(claims.user_id), tokenOrganization: claims.org_name ?? '' };
  }

  private async activeActor(userId: number): Promise<Actor> {
    const user = await this.users.find(userId);
    if (!user?.isActive) throw new TokenRejectedError('invalid');
    return toActor(user);
  }
}
