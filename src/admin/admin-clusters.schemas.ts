import { z } from 'zod';
import { type AdministeredCluster } from '../clusters/clusters.types.js';
import { plannedChangeSchema } from '../provisioning/run-view.types.js';
import { booleanQuery, listQuerySchema, nextCursorSchema } from '../common/paging/page.js';

export const clusterQuerySchema = listQuerySchema(
  ['organization', 'nodeCount', 'consecutiveFailures', 'updatedAt'],
  'organization',
  {
    isDeployed: booleanQuery.optional(),
    isSettled: booleanQuery.optional().describe('false: the last run left it half built'),
    isFailing: booleanQuery.optional(),
    isDrifted: booleanQuery.optional().describe('true: something was changed outside of this service'),
    target: z.enum(['local', 'aws']).optional(),
  },
);

const driftSchema = z
  .array(plannedChangeSchema)
  .nullable()
  .describe('what was changed outside of this service; null when nothing is known');

export const clusterSchema = z.object({
  organizationId: z.uuid(),
  organizationName: z.string(),
  target: z.string(),
  desiredNodes: z.number().int(),
  isRemovalDesired: z.boolean(),
  isDeployed: z.boolean(),
  isSettled: z.boolean(),
  nodeCount: z.number().int().describe('according to the newest Terraform state'),
  address: z.string().nullable(),
  clusterVersion: z.string().nullable(),
  isPublic: z.boolean(),
  isHeld: z.boolean().describe('a run for the present wish was cancelled; retry to go on'),
  consecutiveFailures: z.number().int(),
  retryNotBefore: z.string().nullable(),
  lastError: z.string().nullable(),
  drift: driftSchema,
  driftCheckedAt: z.string().nullable(),
  updatedAt: z.string().describe('UTC, ISO 8601'),
});
export const clusterPageSchema = z.object({ clusters: z.array(clusterSchema), nextCursor: nextCursorSchema });

export function toClusterResponse({
  retryNotBefore,
  driftCheckedAt,
  updatedAt,
  ...cluster
}: AdministeredCluster): z.infer<typeof clusterSchema> {
  return {
    ...cluster,
    driftCheckedAt: driftCheckedAt?.toISOString() ?? null,
    retryNotBefore: retryNotBefore?.toISOString() ?? null,
    updatedAt: updatedAt.toISOString(),
  };
}
