import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ACCESS_RULE, type AccessRule, type AuthorizedRequest } from '../common/access/access.decorators.js';
import { holds, type OrganizationAccess } from '../common/access/actor.js';
import { type Permission, permissionRule } from '../common/access/permissions.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { OrganizationNotFoundError } from '../organizations/organizations.errors.js';
import { AccessDeniedError } from './auth.errors.js';
import { type Identity, IdentityService } from './identity.service.js';

interface GuardedRequest extends AuthorizedRequest {
  headers: Record<string, string | undefined>;
  params: Record<string, string>;
}

/** Enforces every route's access rule. A route without one is refused: access is never forgotten, only denied. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly identities: IdentityService,
    private readonly memberships: MembershipsService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!rule)
      throw new AccessDeniedError('This route does not say who may call it, so nobody may. Report it as a defect.');
    if (rule.kind !== 'permission') return true;
    await this.authorize(context.switchToHttp().getRequest<GuardedRequest>(), rule.permission);
    return true;
  }

  private async authorize(request: GuardedRequest, permission: Permission): Promise<void> {
    const identity = await this.identities.identify(request.headers.authorization);
    request.actor = identity.actor;
    if (identity.scopes?.includes(permission) === false) throw new AccessDeniedError(outOfScope(permission));
    const { scope } = permissionRule(permission);
    if (scope === 'organization') {
      const name = request.params.organization ?? '';
      request.organizationAccess = await this.organizationAccess(identity, name, permission);
    } else {
      assertPersonal(identity);
      if (scope === 'installation' && !holds(identity.actor, permission))
        throw new AccessDeniedError(lacks(permission));
    }
  }

  private async organizationAccess(
    { actor, tokenOrganization }: Identity,
    name: string,
    permission: Permission,
  ): Promise<OrganizationAccess> {
    if (tokenOrganization !== null && tokenOrganization !== name) throw new OrganizationNotFoundError(name);
    const access = await this.memberships.findAccess(name, actor.userId);
    const memberRole = access.status === 'active' ? access.role : null;
    const isAdministrator = holds(actor, permission);
    // Outsiders get the same answer for an organization they may not see as for one that does not exist.
    if (!access.organizationId || (memberRole === null && !isAdministrator)) throw new OrganizationNotFoundError(name);
    const isAllowed = memberRole !== null && permissionRule(permission).members?.includes(memberRole) === true;
    if (!isAllowed && !isAdministrator)
      throw new AccessDeniedError(`Only owners of ${name} may do this. Ask an owner.`);
    const role = isAdministrator ? 'administrator' : (memberRole ?? 'member');
    return { organizationId: access.organizationId, organizationName: name, role };
  }
}

/** A token for one organization never opens what concerns more than this organization. */
function assertPersonal({ tokenOrganization }: Identity): void {
  if (tokenOrganization === null) return;
  throw new AccessDeniedError('A personal login is needed for this; log in at POST /api/v1/auth/login.');
}

function outOfScope(permission: Permission): string {
  return permissionRule(permission).needsLogin === true
    ? 'No personal access token may do this; log in at POST /api/v1/auth/login.'
    : `This token is not made for ${permission}. Create one with this scope, or log in at POST /api/v1/auth/login.`;
}

function lacks(permission: Permission): string {
  const { description } = permissionRule(permission);
  return `This needs the permission ${permission} (${description}). Ask a superuser to put you into a group that has it.`;
}
