import { z } from 'zod';
import { GROUP_PERMISSIONS } from '../common/access/permissions.js';
import { listQuerySchema, nextCursorSchema } from '../common/paging/page.js';

export const groupIdSchema = z.coerce.number().int().min(1).max(2_147_483_647);

export const groupQuerySchema = listQuerySchema(['name'], 'name', {
  permission: z.enum(GROUP_PERMISSIONS).optional().describe('groups that have it'),
});

const name = z
  .string()
  .max(150)
  .regex(/^\P{Cc}*\S\P{Cc}*$/u, 'must not be blank or hold control characters');
const permissions = z.array(z.enum(GROUP_PERMISSIONS)).max(GROUP_PERMISSIONS.length);

export const newGroupSchema = z.strictObject({ name, permissions: permissions.default([]) });

/** Without defaults: what is not given stays. */
export const groupChangeSchema = z.strictObject({
  name: name.optional(),
  permissions: permissions.optional().describe('all permissions of the group'),
});

export const groupSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  permissions: z.array(z.string()),
  memberCount: z.number().int(),
});
export const groupPageSchema = z.object({ groups: z.array(groupSchema), nextCursor: nextCursorSchema });

export type GroupResponse = z.infer<typeof groupSchema>;
