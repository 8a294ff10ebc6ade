import { z } from 'zod';
import { MAX_REQUESTED_NODES, MAX_TTL_MINUTES, MIN_TTL_MINUTES } from './capacity.errors.js';
import { type CapacityRequest } from './capacity.types.js';

export const capacityRequestIdSchema = z.uuid();

export const newCapacityRequestSchema = z
  .strictObject({
    nodes: z
      .number()
      .int()
      .min(0)
      .max(MAX_REQUESTED_NODES)
      .describe("the organization's minNodes and maxNodes apply when the cluster is sized"),
    ttlMinutes: z
      .number()
      .int()
      .optional()
      .describe(`how long from now, ${MIN_TTL_MINUTES} to ${MAX_TTL_MINUTES}; this or expiresAt`),
    expiresAt: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('until when, ISO 8601, cut to whole seconds; this or ttlMinutes'),
  })
  .refine(
    ({ ttlMinutes, expiresAt }) => (ttlMinutes === undefined) !== (expiresAt === undefined),
    'must have either ttlMinutes or expiresAt',
  );

export type NewCapacityRequestInput = z.infer<typeof newCapacityRequestSchema>;

export const capacityRequestSchema = z.object({
  id: z.uuid(),
  nodeCount: z.number().int(),
  expiresAt: z.string().describe('UTC, ISO 8601, whole seconds'),
  createdAt: z.string(),
});

export type CapacityRequestResponse = z.infer<typeof capacityRequestSchema>;

export const capacityRequestListSchema = z.object({ capacityRequests: z.array(capacityRequestSchema) });
export const releasedSchema = z.object({ released: z.number().int().describe('how many live requests ended') });

export function toCapacityRequestResponse({
  id,
  nodeCount,
  expiresAt,
  createdAt,
}: CapacityRequest): CapacityRequestResponse {
  return { id, nodeCount, expiresAt: expiresAt.toISOString(), createdAt: createdAt.toISOString() };
}
