import { type MemberRole, type Permission } from './permissions.js';

/** Who does something: the user behind a verified token. */
export interface Actor {
  userId: number;
  username: string;
  isSuperuser: boolean;
  /** What the groups of a staff member are given; empty for everybody else. */
  permissions: readonly Permission[];
}

/** The organization a request is about and what the actor is in it. */
export interface OrganizationAccess {
  organizationId: string;
  organizationName: string;
  role: MemberRole | 'administrator';
}

/** How an actor is named in audit rows. */
export function actorLabel(actor: Actor): string {
  return `user:${actor.username}`;
}

/** Whether the actor holds a permission for the whole installation. */
export function holds(actor: Pick<Actor, 'isSuperuser' | 'permissions'>, permission: Permission): boolean {
  return actor.isSuperuser || actor.permissions.includes(permission);
}
