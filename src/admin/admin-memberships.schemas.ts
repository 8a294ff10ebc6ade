import { z } from 'zod';
import { bulkSchema } from '../common/paging/bulk.js';
import { listQuerySchema, nextCursorSchema } from '../common/paging/page.js';
import { type AdministeredMembership, type Membership } from '../organizations/organizations.types.js';

const role = z.enum(['owner', 'member']);
const status = z.enum(['pending', 'active', 'inactive']);

export const membershipIdSchema = z.uuid();
export const membershipIdsSchema = bulkSchema(membershipIdSchema);

export const membershipQuerySchema = listQuerySchema(['organization', 'username', 'createdAt'], 'organization', {
  organizationId: z.uuid().optional(),
  userId: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  role: role.optional(),
  status: status.optional(),
});

export const newMembershipSchema = z.strictObject({
  username: z.string().min(1).max(150),
  role: role.default('member'),
  status: status.default('active'),
});

export const newMembershipAnywhereSchema = newMembershipSchema.extend({ organizationId: z.uuid() });

/** Without defaults: what is not given stays. */
export const membershipChangeSchema = z.strictObject({
  role: role.optional(),
  status: z.enum(['active', 'inactive']).optional(),
});

export const membershipSchema = z.object({
  id: z.uuid(),
  username: z.string(),
  role: z.string(),
  status: z.string(),
  activatedAt: z.string().nullable(),
  createdAt: z.string().describe('UTC, ISO 8601'),
});

export type MembershipResponse = z.infer<typeof membershipSchema>;

export const membershipListSchema = z.object({ memberships: z.array(membershipSchema) });

export const administeredMembershipSchema = membershipSchema.extend({
  organizationId: z.uuid(),
  organizationName: z.string(),
  userId: z.number().int(),
  email: z.string(),
});

export type AdministeredMembershipResponse = z.infer<typeof administeredMembershipSchema>;

export const membershipPageSchema = z.object({
  memberships: z.array(administeredMembershipSchema),
  nextCursor: nextCursorSchema,
});

export function toMembershipResponse(membership: Membership): MembershipResponse {
  const { id, username, role, status, activatedAt, createdAt } = membership;
  return {
    id,
    username,
    role,
    status,
    activatedAt: activatedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

export function toAdministeredMembershipResponse(membership: AdministeredMembership): AdministeredMembershipResponse {
  const { organizationId, organizationName, userId, email } = membership;
  return { ...toMembershipResponse(membership), organizationId, organizationName, userId, email };
}
