import { z } from 'zod';
import { booleanQuery, listQuerySchema, nextCursorSchema } from '../common/paging/page.js';
import { type RecordedOrphan } from '../provisioning/provisioning.types.js';

export const orphanIdSchema = z.uuid();

export const orphanQuerySchema = listQuerySchema(['foundAt', 'organization'], '-foundAt', {
  organizationId: z.uuid().optional(),
  resourceType: z.string().max(100).optional(),
  isOpen: booleanQuery.optional().describe('true: neither gone nor in a state nor forgotten'),
});

export const orphanSchema = z.object({
  id: z.uuid(),
  organizationId: z.uuid(),
  organizationName: z.string(),
  resourceType: z.string().describe("Terraform's type, such as aws_instance"),
  resourceId: z.string(),
  name: z.string().nullable(),
  address: z.string().nullable().describe('where the next run takes it over; null when somebody has to look'),
  foundByRun: z.uuid(),
  foundAt: z.string().describe('UTC, ISO 8601'),
  seenAt: z.string(),
  resolvedAt: z.string().nullable().describe('since when it is gone or in a state'),
  forgottenAt: z.string().nullable(),
  forgottenBy: z.string().nullable(),
});
export const orphanPageSchema = z.object({ orphans: z.array(orphanSchema), nextCursor: nextCursorSchema });

export type OrphanResponse = z.infer<typeof orphanSchema>;

export function toOrphanResponse({
  foundAt,
  seenAt,
  resolvedAt,
  forgottenAt,
  ...orphan
}: RecordedOrphan): OrphanResponse {
  return {
    ...orphan,
    foundAt: foundAt.toISOString(),
    seenAt: seenAt.toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
    forgottenAt: forgottenAt?.toISOString() ?? null,
  };
}
