import { z } from 'zod';
import { type Machine } from '../aws/aws.types.js';
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
    hasOrphans: booleanQuery.optional().describe('true: something exists that no state knows'),
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
  isHeld: z
    .boolean()
    .describe('a run for the present wish was cancelled, or nobody agreed to its plan; retry to go on'),
  halfBuiltAt: z
    .string()
    .nullable()
    .describe('when a run last left the first deployment incomplete; cleaned up after PS_CLUSTER_CLEANUP_SECONDS'),
  orphanCount: z.number().int().describe('see /admin/orphans'),
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
  halfBuiltAt,
  driftCheckedAt,
  updatedAt,
  ...cluster
}: AdministeredCluster): z.infer<typeof clusterSchema> {
  return {
    ...cluster,
    halfBuiltAt: halfBuiltAt?.toISOString() ?? null,
    driftCheckedAt: driftCheckedAt?.toISOString() ?? null,
    retryNotBefore: retryNotBefore?.toISOString() ?? null,
    updatedAt: updatedAt.toISOString(),
  };
}

export const machineIdSchema = z
  .string()
  .regex(/^i-[0-9a-f]{8,17}$/, 'must be the id of a machine, such as i-0123456789abcdef0');

export const machinesSchema = z.object({
  machines: z.array(
    z.object({
      id: z.string(),
      name: z.string().nullable(),
      state: z.string().describe('pending, running, stopping, stopped, shutting-down or terminated'),
      stateReason: z.string().nullable(),
      instanceType: z.string().nullable(),
      privateAddress: z.string().nullable(),
      publicAddress: z.string().nullable(),
      launchedAt: z.string().nullable().describe('UTC, ISO 8601'),
    }),
  ),
});
export const consoleSchema = z.object({ output: z.string().describe('the last 64 kB; empty while there is nothing') });

export function toMachinesResponse(machines: Machine[]): z.infer<typeof machinesSchema> {
  return {
    machines: machines.map(({ launchedAt, ...machine }) => ({
      ...machine,
      launchedAt: launchedAt?.toISOString() ?? null,
    })),
  };
}
