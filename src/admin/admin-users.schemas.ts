import { z } from 'zod';
import { type User } from '../users/users.types.js';

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

export const userListQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(2_147_483_647)
    .default(0)
    .describe('id of the last user of the page before'),
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
});

export type UserResponse = z.infer<typeof userSchema>;

export const userListSchema = z.object({ users: z.array(userSchema) });

export function toUserResponse({ createdAt, permissions: _, ...user }: User): UserResponse {
  return { ...user, createdAt: createdAt.toISOString() };
}
