import { z } from 'zod';
import { type Membership, type Organization } from '../organizations/organizations.types.js';

const nodeCount = z.number().int().min(0).max(1000);

/** The name becomes a DNS label, a tag and a path (contract section 5.2). */
const organizationName = z
  .string()
  .max(63)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'must start with a letter or digit and hold only letters, digits, - and _')
  .refine((name) => name.toLowerCase() !== 'uninitialized', 'is reserved');

export const newOrganizationSchema = z.strictObject({
  name: organizationName,
  owner: z.string().min(1).max(150).describe('username of the first owner'),
  target: z.enum(['local', 'aws']).optional(),
  clusterVersion: z.string().min(1).max(16).optional(),
  isPublic: z.boolean().optional(),
  minNodes: nodeCount.optional(),
  maxNodes: nodeCount.optional(),
  adminMaxNodes: nodeCount.optional(),
  allowDeployByToken: z.boolean().optional(),
  destroyWhenIdle: z.boolean().optional(),
});

export const organizationIdSchema = z.uuid();

export const organizationSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  target: z.string(),
  clusterVersion: z.string(),
  isPublic: z.boolean(),
  minNodes: z.number().int(),
  maxNodes: z.number().int(),
  adminMaxNodes: z.number().int(),
  allowDeployByToken: z.boolean(),
  destroyWhenIdle: z.boolean(),
  provisioningSuspended: z.boolean(),
  createdAt: z.string().describe('UTC, ISO 8601'),
});

export type OrganizationResponse = z.infer<typeof organizationSchema>;

export const organizationListSchema = z.object({ organizations: z.array(organizationSchema) });

export function toOrganizationResponse({ createdAt, updatedAt: _, ...rest }: Organization): OrganizationResponse {
  return { ...rest, createdAt: createdAt.toISOString() };
}

export const newMembershipSchema = z.strictObject({
  username: z.string().min(1).max(150),
  role: z.enum(['owner', 'member']).default('member'),
  status: z.enum(['pending', 'active', 'inactive']).default('active'),
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
