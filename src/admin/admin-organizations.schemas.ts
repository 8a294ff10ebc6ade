import { z } from 'zod';
import { bulkSchema } from '../common/paging/bulk.js';
import { booleanQuery, listQuerySchema, nextCursorSchema } from '../common/paging/page.js';
import { organizationSettingsShape } from '../organizations/organization-inputs.types.js';
import { type AdministeredOrganization } from '../organizations/organizations.types.js';

export const organizationIdSchema = z.uuid();
export const organizationIdsSchema = bulkSchema(organizationIdSchema);

export const organizationQuerySchema = listQuerySchema(['name', 'createdAt', 'updatedAt'], 'name', {
  target: z.enum(['local', 'aws']).optional(),
  isPublic: booleanQuery.optional(),
  provisioningSuspended: booleanQuery.optional(),
});

export const deletionQuerySchema = z.strictObject({
  confirm: z.string().max(63).describe('the name of the organization'),
});

export const organizationSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  ...organizationSettingsShape,
  activeMembers: z.number().int(),
  balance: z.string().describe('dollars as decimal text with four decimals'),
  createdAt: z.string().describe('UTC, ISO 8601'),
  updatedAt: z.string().describe('UTC, ISO 8601'),
});

export type OrganizationResponse = z.infer<typeof organizationSchema>;

export const organizationPageSchema = z.object({
  organizations: z.array(organizationSchema),
  nextCursor: nextCursorSchema,
});

export const deletedOrganizationSchema = z.object({ id: z.uuid(), name: z.string() });

export function toOrganizationResponse({
  createdAt,
  updatedAt,
  ...rest
}: AdministeredOrganization): OrganizationResponse {
  return { ...rest, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
