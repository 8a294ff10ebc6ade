import { Injectable } from '@nestjs/common';
import { type Actor, holds } from '../common/access/actor.js';
import { type Permission } from '../common/access/permissions.js';
import { UsersService } from '../users/users.service.js';
import { hasBeenEnded, toActor, type User } from '../users/users.types.js';
import { AuthenticationRequiredError, TokenRejectedError } from './auth.errors.js';
import { OrganizationTokensService } from './organization-tokens.service.js';
import { PersonalTokensService } from './personal-tokens/personal-tokens.service.js';
import { type SessionClaims, SessionsService } from './sessions.service.js';

/** Who a token stands for, and how far it reaches. */
export interface Identity {
  /** Holds no more than the token does: whatever asks the actor, not only the guard, keeps to the token's limits. */
  actor: Actor;
  /** The only organization the token is good for; null for all. */
  tokenOrganization: string | null;
  /** The only permissions the token is good for; null for all. */
  scopes: readonly Permission[] | null;
}

/** Finds out who is behind a request. */
@Injectable()
export class IdentityService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly organizationTokens: OrganizationTokensService,
    private readonly personalTokens: PersonalTokensService,
    private readonly users: UsersService,
  ) {}

  /** Throws AuthenticationRequiredError without a bearer token, and TokenRejectedError with a bad one. */
  async identify(authorization: string | undefined): Promise<Identity> {
    const [scheme, token, ...rest] = (authorization ?? '').split(' ');
    if (scheme !== 'Bearer' || !token || rest.length > 0) throw new AuthenticationRequiredError();
    if (PersonalTokensService.looksLikeOne(token)) return this.byPersonalToken(token);
    const session = this.sessions.verify(token);
    if (session === null) return this.byOrganizationToken(token);
    return { actor: toActor(await this.sessionUser(session)), tokenOrganization: null, scopes: null };
  }

  private async byPersonalToken(token: string): Promise<Identity> {
    const { userId, organization, scopes } = await this.personalTokens.authenticate(token);
    const owner = toActor(await this.activeUser(userId));
    const permissions = scopes.filter((scope) => holds(owner, scope));
    return { actor: { ...owner, isSuperuser: false, permissions }, tokenOrganization: organization, scopes };
  }

  /** Lent to clusters and notebooks, so it carries none of what its owner may do for the whole installation. */
  private async byOrganizationToken(token: string): Promise<Identity> {
    const { user_id: userId, org_name: organization } = this.organizationTokens.verifyAccess(token);
    const owner = toActor(await this.activeUser(userId));
    return {
      actor: { ...owner, isSuperuser: false, permissions: [] },
      tokenOrganization: organization ?? '',
      scopes: null,
    };
  }

  /** What ends the account's sessions ends this one; tokens of organizations live on until they expire. */
  private async sessionUser({ userId, issuedAt }: SessionClaims): Promise<User> {
    const user = await this.activeUser(userId);
    if (hasBeenEnded(user, issuedAt)) throw new TokenRejectedError('invalid');
    return user;
  }

  private async activeUser(userId: number): Promise<User> {
    const user = await this.users.find(userId);
    if (!user?.isActive) throw new TokenRejectedError('invalid');
    return user;
  }
}
