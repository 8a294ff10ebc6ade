import { type Actor } from '../common/access/actor.js';
import { isPermission } from '../common/access/permissions.js';

/** Members of this group who are staff administer everything but superuser matters. */
export const DEVELOPER_GROUP = 'PS_Developer';

/** The characters are those of the old system (contract section 3). */
export const USERNAME = /^[A-Za-z0-9_@.+-]{1,150}$/;

export interface User {
  id: number;
  username: string;
  email: string;
  firstName: string;
  lastName: string;
  isActive: boolean;
  isStaff: boolean;
  isSuperuser: boolean;
  groups: string[];
  /** What the groups are given; counts for staff only. */
  permissions: string[];
  /** Registered alone and has not proved an address: no personal login until then. */
  mustVerifyEmail: boolean;
  /** Null while the first password is in use. */
  passwordChangedAt: Date | null;
  /** What was issued until then counts no more; null when nothing was ever ended. */
  credentialsEndedAt: Date | null;
  createdAt: Date;
}

/** An account as administrators see it. */
export interface AdministeredUser extends User {
  lastLoginAt: Date | null;
}

/** What administrators change of an account; what is not given stays. */
export interface UserChange {
  username?: string | undefined;
  firstName?: string | undefined;
  lastName?: string | undefined;
  email?: string | undefined;
  isActive?: boolean | undefined;
  isStaff?: boolean | undefined;
  isSuperuser?: boolean | undefined;
  /** All of them. */
  groups?: readonly string[] | undefined;
}

export interface NewUser {
  username: string;
  email: string;
  password: string;
  firstName?: string;
  lastName?: string;
  isStaff?: boolean;
  isSuperuser?: boolean;
  groups?: string[];
}

/** What somebody registers with. */
export interface Registration {
  username: string;
  email: string;
  password: string;
  firstName: string;
  lastName: string;
}

/**
 * Of a row `u` of users: until when what was issued counts no more, null when nothing ever ended. A new password ends
 * sessions and refresh tokens, and so does whoever ends them alone.
 */
export const CREDENTIALS_ENDED_AT = 'greatest(u.password_changed_at, u.sessions_ended_at)';

/**
 * Whether a token came before the account's sessions and refresh tokens were ended last, so that it is not to be
 * accepted. `issuedAt` is in seconds since the epoch, in parts of a second as far as the token has them; a token must
 * bear the moment its login began, not the one it was signed at.
 */
export function hasBeenEnded(user: Pick<User, 'credentialsEndedAt'>, issuedAt: number): boolean {
  return user.credentialsEndedAt !== null && issuedAt * 1000 <= user.credentialsEndedAt.getTime();
}

/** The user as the author of what it does. */
export function toActor(user: User): Actor {
  const { id: userId, username, isSuperuser, isStaff } = user;
  return { userId, username, isSuperuser, permissions: isStaff ? user.permissions.filter(isPermission) : [] };
}
