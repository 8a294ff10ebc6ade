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

/** The user as the author of what it does. */
export function toActor(user: User): Actor {
  const { id: userId, username, isSuperuser, isStaff } = user;
  return { userId, username, isSuperuser, permissions: isStaff ? user.permissions.filter(isPermission) : [] };
}
