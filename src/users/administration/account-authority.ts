import { type Author, holds } from '../../common/access/actor.js';
import { isPermission } from '../../common/access/permissions.js';
import { BeyondOwnPermissionsError, OwnAccountError, SuperuserAccountError } from '../users.errors.js';
import { type User } from '../users.types.js';

type Standing = Pick<User, 'username' | 'isStaff' | 'isSuperuser' | 'permissions'>;

/**
 * Throws SuperuserAccountError, and BeyondOwnPermissionsError for an account that may do more than the author: with its
 * password or address the author could be it.
 */
export function assertMayChange(author: Author, user: Standing): void {
  if (user.isSuperuser && !author.isSuperuser) throw new SuperuserAccountError(user.username);
  assertMayGrant(author, { permissions: [] }, user);
}

/** Throws BeyondOwnPermissionsError when the account is given what the author does not have to give. */
export function assertMayGrant(
  author: Author,
  before: Pick<Standing, 'permissions'> & Partial<Standing>,
  after: Standing,
): void {
  const had = effective(before);
  const beyond = effective(after).filter(
    (name) => !had.includes(name) && !author.isSuperuser && !(isPermission(name) && holds(author, name)),
  );
  if (beyond.length > 0) throw new BeyondOwnPermissionsError(after.username, beyond);
}

/** Throws OwnAccountError: for one's own account there are ways that ask for its password. */
export function assertNotOwn(author: Author, userId: number): void {
  if ('userId' in author && author.userId === userId) throw new OwnAccountError();
}

/** Permissions of groups count for staff only. */
function effective({ isStaff = false, permissions }: Pick<Standing, 'permissions'> & Partial<Standing>): string[] {
  return isStaff ? permissions : [];
}
