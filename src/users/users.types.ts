import { type Actor } from '../common/access/actor.js';
import { isPermission } from '../common/access/permissions.js';

/** Members of this group who are staff administer everything but superuser matters. */
export const DEVELOPER_GROUP = 'PS_Developer';

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
  createdAt: Date;
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

/** The user as the author of what it does. */
export function toActor(user: User): Actor {
  const { id: userId, username, isSuperuser, isStaff } = user;
  return { userId, username, isSuperuser, permissions: isStaff ? user.permissions.filter(isPermission) : [] };
}
