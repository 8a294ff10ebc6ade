/** Who does something: the user behind a verified token. */
export interface Actor {
  userId: number;
  username: string;
  isSuperuser: boolean;
  /** `is_staff` and member of the group `PS_Developer`: administers everything but superuser matters. */
  isDeveloper: boolean;
}

/** The organization a request is about and what the actor is in it. */
export interface OrganizationAccess {
  organizationId: string;
  organizationName: string;
  role: 'owner' | 'member' | 'administrator';
}

/** How an actor is named in audit rows. */
export function actorLabel(actor: Actor): string {
  return `user:${actor.username}`;
}
