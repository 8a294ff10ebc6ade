import { masked } from '../account-rules.js';
import { type User, type UserChange } from '../users.types.js';

const PLAIN = ['username', 'firstName', 'lastName', 'isActive', 'isStaff', 'isSuperuser'] as const;

/** The account with everything that is given in the change. */
export function withUserChange(user: User, change: UserChange): User {
  const given = Object.fromEntries(Object.entries<unknown>({ ...change }).filter(([, value]) => value !== undefined));
  const wished = { ...user, ...given };
  return { ...wished, groups: [...new Set(wished.groups)] };
}

/** For audit rows: the fields that differ, as they were and are; addresses are masked. Null when none does. */
export function changedFields(before: User, after: User): { before: object; after: object } | null {
  const [old, now] = [shown(before), shown(after)];
  const names = Object.keys(old).filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
  if (before.email !== after.email) names.push('email');
  if (names.length === 0) return null;
  const pick = (from: Record<string, unknown>, email: string): Record<string, unknown> =>
    Object.fromEntries(names.map((name) => [name, name === 'email' ? masked(email) : from[name]]));
  return { before: pick(old, before.email), after: pick(now, after.email) };
}

function shown(user: User): Record<string, unknown> {
  return { ...Object.fromEntries(PLAIN.map((name) => [name, user[name]])), groups: user.groups };
}
