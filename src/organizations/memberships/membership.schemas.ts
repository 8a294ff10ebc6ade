import { z } from 'zod';
import { type Membership, ORGANIZATION_NAME, type OwnMembership } from '../organizations.types.js';

const instant = z.string().describe('UTC, ISO 8601');
const role = z.enum(['owner', 'member']);
const status = z.enum(['pending', 'active', 'inactive']);

export const organizationNameSchema = z.string().regex(ORGANIZATION_NAME, 'is no name of an organization');
export const membershipIdSchema = z.uuid();

export const membershipListQuerySchema = z.strictObject({
  status: status.optional(),
  after: z.string().max(150).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export type MembershipListInput = z.infer<typeof membershipListQuerySchema>;

const changeFields = {
  role: role.optional(),
  status: z.enum(['active', 'inactive']).optional(),
};

export const membershipChangeSchema = z
  .strictObject(changeFields)
  .refine(({ role, status }) => role !== undefined || status !== undefined, 'must change role or status');

export type MembershipChangeInput = z.infer<typeof membershipChangeSchema>;

export const membershipChangesSchema = z.strictObject({
  memberships: z
    .array(z.strictObject({ id: membershipIdSchema, ...changeFields }))
    .min(1)
    .max(200)
    .refine(
      (changes) => new Set(changes.map(({ id }) => id)).size === changes.length,
      'must name each membership once',
    ),
});

export type MembershipChangesInput = z.infer<typeof membershipChangesSchema>;

export const membershipSchema = z.object({
  id: z.uuid(),
  username: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  email: z.string().nullable().describe('for owners and administrators only; null for members'),
  role: z.string(),
  status: z.string(),
  activatedAt: instant.nullable().describe('since when the member is active, or was last; null before that'),
  createdAt: instant,
});

export type MembershipResponse = z.infer<typeof membershipSchema>;

export const membershipListSchema = z.object({
  memberships: z.array(membershipSchema),
  next: z.string().nullable().describe('`after` of the next page; null on the last one'),
});

export type MembershipListResponse = z.infer<typeof membershipListSchema>;

export const changedMembershipsSchema = z.object({ memberships: z.array(membershipSchema) });

export function toMembershipResponse(membership: Membership, isEmailShown = true): MembershipResponse {
  const { id, username, firstName, lastName, email, activatedAt, createdAt } = membership;
  return {
    id,
    username,
    firstName,
    lastName,
    email: isEmailShown ? email : null,
    role: membership.role,
    status: membership.status,
    activatedAt: activatedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

export const joinSchema = z.strictObject({
  organization: organizationNameSchema,
  passcode: z.string().min(1).max(100),
});

export const ownMembershipSchema = z.object({
  id: z.uuid(),
  organization: z.string(),
  isPublic: z.boolean().describe('whether the cluster serves everybody'),
  role: z.string(),
  status: z.string(),
  activatedAt: instant.nullable(),
  createdAt: instant,
});

export type OwnMembershipResponse = z.infer<typeof ownMembershipSchema>;

export const ownMembershipListSchema = z.object({ memberships: z.array(ownMembershipSchema) });

export function toOwnMembershipResponse(membership: OwnMembership): OwnMembershipResponse {
  const { id, organizationName, isPublic, role, status, activatedAt, createdAt } = membership;
  return {
    id,
    organization: organizationName,
    isPublic,
    role,
    status,
    activatedAt: activatedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
