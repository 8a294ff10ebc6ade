import { z } from 'zod';
import { type CapacityRequest } from './capacity.types.js';

export const capacityRequestIdSchema = z.uuid();

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
