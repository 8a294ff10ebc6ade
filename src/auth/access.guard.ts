import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ACCESS_RULE, type AccessRule, type AuthorizedRequest } from '../common/access/access.decorators.js';
import { type Actor, type OrganizationAccess } from '../common/access/actor.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { OrganizationNotFoundError } from '../organizations/organizations.errors.js';
import { UsersService } from '../users/users.service.js';
import { isDeveloper } from '../users/users.types.js';
import { AccessDeniedError, AuthenticationRequiredError, TokenRejectedError } from './auth.errors.js';
import { OrganizationTokensService } from './organization-tokens.service.js';
import { SessionsService } from './sessions.service.js';

interface GuardedRequest extends AuthorizedRequest {
  headers: Record<string, string | undefined>;
  params: Record<string, string>;
}

interface Identity {
  actor: Actor;
  /** The only organization the token is good for; null for a session. */
  tokenOrganization: string | null;
}

/** Enforces every route's access rule. A route without one is refused: access is never forgotten, only denied. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: SessionsService,
    private readonly tokens: OrganizationTokensService,
    private readonly users: UsersService,
    private readonly memberships: MembershipsService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!rule)
      throw new AccessDeniedError('This route does not say who may call it, so nobody may. Report it as a defect.');
    if (rule.kind === 'public' || rule.kind === 'legacy') return true;
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const identity = await this.identify(request.headers.authorization);
    request.actor = identity.actor;
    if (rule.kind === 'organization') {
      request.organizationAccess = await this.organizationAccess(
        identity,
        request.params.organization ?? '',
        rule.role,
      );
    } else {
      assertRole(rule.kind, identity);
    }
    return true;
  }

  private async identify(authorization: string | undefined): Promise<Identity> {
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
    return { userId, username: user.username, isSuperuser: user.isSuperuser, isDeveloper: isDeveloper(user) };
  }

  private async organizationAccess(
    identity: Identity,
    name: string,
    role: 'member' | 'owner',
  ): Promise<OrganizationAccess> {
    const { actor, tokenOrganization } = identity;
    if (tokenOrganization !== null && tokenOrganization !== name) throw new OrganizationNotFoundError(name);
    const access = name.includes('\0') ? null : await this.memberships.findAccess(name, actor.userId);
    // Outsiders get the same answer for an organization they may not see as for one that does not exist.
    if (!access?.organizationId) throw new OrganizationNotFoundError(name);
    const isAdministrator = tokenOrganization === null && (actor.isSuperuser || actor.isDeveloper);
    const memberRole = access.status === 'active' ? access.role : null;
    if (!isAdministrator && memberRole === null) throw new OrganizationNotFoundError(name);
    if (!isAdministrator && role === 'owner' && memberRole !== 'owner') {
      throw new AccessDeniedError(`Only owners of ${name} may do this. Ask an owner.`);
    }
    return {
      organizationId: access.organizationId,
      organizationName: name,
      role: isAdministrator ? 'administrator' : (memberRole ?? 'member'),
    };
  }
}

/** An organization's token is lent to clusters and notebooks; it never opens what concerns the whole installation. */
function assertRole(kind: 'account' | 'staff' | 'superuser', { actor, tokenOrganization }: Identity): void {
  const isAllowed = kind === 'account' || actor.isSuperuser || (kind === 'staff' && actor.isDeveloper);
  if (tokenOrganization !== null || !isAllowed) {
    const who = { account: 'A personal login', staff: 'A developer or superuser', superuser: 'A superuser' }[kind];
    throw new AccessDeniedError(`${who} is needed for this; log in at POST /api/v1/auth/login with such an account.`);
  }
}
