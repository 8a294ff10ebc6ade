import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { type Actor, type OrganizationAccess } from './actor.js';
import { type Permission } from './permissions.js';

/**
 * Who may call a route. Every route declares exactly one rule; a route without one is refused.
 *
 * - `public`: anyone, with the reason why that is right
 * - `permission`: holders of the permission; one of scope `organization` is checked in the organization that the
 *   `:organization` parameter names
 * - `legacy`: the old `/api` contract, whose own guard answers in the old shapes
 */
export type AccessRule =
  { kind: 'public'; reason: string } | { kind: 'permission'; permission: Permission } | { kind: 'legacy' };

export const ACCESS_RULE = 'ps:access-rule';

export const Access = (rule: AccessRule): MethodDecorator & ClassDecorator => SetMetadata(ACCESS_RULE, rule);

/** The route needs this permission. */
export const Requires = (permission: Permission): MethodDecorator & ClassDecorator =>
  Access({ kind: 'permission', permission });

/** What the access guard leaves on a request for handlers to use. */
export interface AuthorizedRequest {
  actor?: Actor;
  organizationAccess?: OrganizationAccess;
}

function fromRequest<K extends keyof AuthorizedRequest>(
  key: K,
  context: ExecutionContext,
): NonNullable<AuthorizedRequest[K]> {
  const value = context.switchToHttp().getRequest<AuthorizedRequest>()[key];
  if (!value) throw new Error(`The route's access rule provides no ${key}`);
  return value;
}

/** The authenticated actor of the request. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext) =>
  fromRequest('actor', context),
);

/** The organization that a permission of scope `organization` was checked in. */
export const CurrentOrganization = createParamDecorator((_: unknown, context: ExecutionContext) =>
  fromRequest('organizationAccess', context),
);
