import { z } from 'zod';
import { MAX_REQUESTED_NODES, MAX_TTL_MINUTES, MIN_TTL_MINUTES } from '../capacity/capacity.errors.js';
import { type AdministeredCapacityRequest } from '../capacity/capacity.types.js';
import { bulkSchema } from '../common/paging/bulk.js';
import { booleanQuery, listQuerySchema, nextCursorSchema } from '../common/paging/page.js';

export const capacityRequestIdSchema = z.uuid();
export const capacityRequestIdsSchema = bulkSchema(capacityRequestIdSchema);

export const capacityQuerySchema = listQuerySchema(['createdAt', 'expiresAt', 'nodeCount'], '-createdAt', {
  organizationId: z.uuid().optional(),
  userId: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  isLive: booleanQuery.optional().describe('false: those that ended'),
});

const nodes = z.number().int().min(0).max(MAX_REQUESTED_NODES);
const time = {
  ttlMinutes: z.number().int().optional().describe(`from now, ${MIN_TTL_MINUTES} to ${MAX_TTL_MINUTES}`),
  expiresAt: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('ISO 8601, cut to whole seconds; instead of ttlMinutes'),
};
interface Time {
  ttlMinutes?: number | undefined;
  expiresAt?: string | undefined;
}
const isGivenOnce = ({ ttlMinutes, expiresAt }: Time): boolean =>
  (ttlMinutes === undefined) !== (expiresAt === undefined);

export const newCapacityRequestSchema = z
  .strictObject({ organizationId: z.uuid(), username: z.string().min(1).max(150), nodes, ...time })
  .refine(isGivenOnce, 'must have either ttlMinutes or expiresAt');

export const capacityChangeSchema = z
  .strictObject({ nodes: nodes.optional(), ...time })
  .refine(
    (change) => isGivenOnce(change) || (change.ttlMinutes === undefined && change.expiresAt === undefined),
    'must not have both ttlMinutes and expiresAt',
  );

/** Undefined when the time is to stay. */
export function toTimeToLive({
  ttlMinutes,
  expiresAt,
}: Time): { ttlMinutes?: number | undefined; expiresAt?: Date } | undefined {
  if (expiresAt !== undefined) return { expiresAt: new Date(expiresAt) };
  return ttlMinutes === undefined ? undefined : { ttlMinutes };
}

export const administeredCapacitySchema = z.object({
  id: z.uuid(),
  organizationId: z.uuid(),
  organizationName: z.string(),
  userId: z.number().int(),
  username: z.string(),
  nodeCount: z.number().int(),
  expiresAt: z.string().describe('UTC, ISO 8601, whole seconds'),
  createdAt: z.string(),
  endedAt: z.string().nullable().describe('null while it is live'),
  endReason: z.string().nullable().describe('expired, released, removed or access_ended'),
});
export const capacityPageSchema = z.object({
  capacityRequests: z.array(administeredCapacitySchema),
  nextCursor: nextCursorSchema,
});

export type AdministeredCapacityResponse = z.infer<typeof administeredCapacitySchema>;

export function toAdministeredCapacityResponse(request: AdministeredCapacityRequest): AdministeredCapacityResponse {
  const { expiresAt, createdAt, endedAt, ...rest } = request;
  return {
    ...rest,
    expiresAt: expiresAt.toISOString(),
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}
