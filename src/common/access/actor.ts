import { type MemberRole, type Permission } from './permissions.js';

/** Who does something: the user behind a verified token. */
export interface Actor {
  userId: number;
  username: string;
  isSuperuser: boolean;
  /** What the groups of a staff member are given; empty for everybody else. */
  permissions: readonly Permission[];
}

/** A part of the service, or an operator at its command line: nobody asks what it may do. */
export interface SystemActor {
  /** Which part. */
  system: string;
  isSuperuser: true;
  permissions: readonly Permission[];
}

/** Whoever a change is made by, and recorded under. */
export type Author = Actor | SystemActor;

export function systemActor(system: string): SystemActor {
  return { system, isSuperuser: true, permissions: [] };
}

/** The organization a request is about and what the actor is in it. */
export interface OrganizationAccess {
  organizationId: string;
  organizationName: string;
  role: MemberRole | 'administrator';
}

/** How an author is named in audit rows. */
export function actorLabel(author: SystemActor | Pick<Actor, 'username'>): string {
  return 'system' in author ? `system:${author.system}` : `user:${author.username}`;
}

/** Whether the actor holds a permission for the whole installation. */
export function holds(actor: Pick<Actor, 'isSuperuser' | 'permissions'>, permission: Permission): boolean {
  return actor.isSuperuser || actor.permissions.includes(permission);
}
