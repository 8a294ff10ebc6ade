import { z } from 'zod';
import { bulkSchema } from '../common/paging/bulk.js';
import { booleanQuery, listQuerySchema, nextCursorSchema, searchable } from '../common/paging/page.js';
import { type AdministeredUser } from '../users/users.types.js';

/** Lengths are those of the columns; what a username, an e-mail address and a password may be is the users' own rule. */
export const newUserSchema = z.strictObject({
  username: z.string().min(1).max(150),
  email: z.string().min(1).max(254),
  password: z.string().min(1).max(1024),
  firstName: z.string().max(150).default(''),
  lastName: z.string().max(150).default(''),
  isStaff: z.boolean().default(false),
  isSuperuser: z.boolean().default(false).describe('only a superuser may make another one'),
  groups: z.array(z.string().min(1).max(150)).max(50).default([]),
});

const MAX_ID = 2_147_483_647;
export const userIdSchema = z.coerce.number().int().min(1).max(MAX_ID);
export const userIdsSchema = bulkSchema(z.number().int().min(1).max(MAX_ID));

export const userQuerySchema = listQuerySchema(['username', 'createdAt', 'lastLoginAt'], 'username', {
  isActive: booleanQuery.optional(),
  isStaff: booleanQuery.optional(),
  isSuperuser: booleanQuery.optional(),
  group: searchable.optional().describe('name of a group'),
});

/** Without defaults: what is not given stays. */
export const userChangeSchema = z.strictObject({
  username: z.string().min(1).max(150).optional(),
  email: z.string().min(1).max(254).optional().describe('takes the place of the primary address; counts as verified'),
  firstName: z.string().max(150).optional(),
  lastName: z.string().max(150).optional(),
  isActive: z.boolean().optional().describe('false: logins are refused; sessions and tokens end for good'),
  isStaff: z.boolean().optional().describe('permissions of groups count for staff only'),
  isSuperuser: z.boolean().optional().describe('for superusers to change'),
  groups: z.array(z.string().min(1).max(150)).max(50).optional().describe('all groups of the account'),
});

export const newPasswordSchema = z.strictObject({ password: z.string().min(1).max(1024) });

export const deletedUserSchema = z.object({ id: z.number().int() });

export const endedSessionsSchema = z.object({
  id: z.number().int(),
  endedAt: z.string().describe('UTC, ISO 8601; sessions and refresh tokens issued until then are refused'),
  endedPersonalTokens: z.number().int().describe('those that were good until now'),
});

export const unlinkedGithubSchema = z.object({
  id: z.number().int(),
  github: z
    .object({ githubId: z.string(), login: z.string() })
    .nullable()
    .describe('what was linked; null when nothing was, and nothing has changed'),
});

export const userSchema = z.object({
  id: z.number().int(),
  username: z.string(),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  isActive: z.boolean(),
  isStaff: z.boolean(),
  isSuperuser: z.boolean(),
  groups: z.array(z.string()),
  createdAt: z.string().describe('UTC, ISO 8601'),
  lastLoginAt: z.string().nullable().describe('UTC, ISO 8601; null when nobody ever logged in'),
});

export type UserResponse = z.infer<typeof userSchema>;

export const userPageSchema = z.object({ users: z.array(userSchema), nextCursor: nextCursorSchema });

export function toUserResponse(user: AdministeredUser): UserResponse {
  const {
    createdAt,
    lastLoginAt,
    permissions: _,
    mustVerifyEmail: __,
    passwordChangedAt: ___,
    credentialsEndedAt: ____,
    ...shown
  } = user;
  return { ...shown, createdAt: createdAt.toISOString(), lastLoginAt: lastLoginAt?.toISOString() ?? null };
}
