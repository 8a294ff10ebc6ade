import { z } from 'zod';
import { type Run } from '../provisioning.types.js';

export const runIdSchema = z.uuid();

export const runListQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('how many runs, newest first'),
});

export type RunListQuery = z.infer<typeof runListQuerySchema>;

const instant = z.string().describe('UTC, ISO 8601');

/** A run as the API shows it. */
export const runSchema = z.object({
  id: z.uuid(),
  kind: z.string(),
  status: z.string(),
  trigger: z.string(),
  requestedBy: z.string(),
  nodes: z.number().int().describe('how many nodes the cluster has when the run has succeeded'),
  clusterVersion: z.string(),
  plannedChanges: z
    .number()
    .int()
    .nullable()
    .describe('changes the plan announced, a replacement counts two; null until planned'),
  completedChanges: z.number().int(),
  outputs: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('outputs of the state the run left, without sensitive ones'),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  cancelRequestedBy: z.string().nullable(),
  createdAt: instant,
  claimedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});

export type RunResponse = z.infer<typeof runSchema>;

export const runListSchema = z.object({ runs: z.array(runSchema) });

export function toRunResponse(run: Run): RunResponse {
  return {
    id: run.id,
    kind: run.kind,
    status: run.status,
    trigger: run.trigger,
    requestedBy: run.requestedBy,
    nodes: run.inputs.nodes,
    clusterVersion: run.inputs.clusterVersion,
    plannedChanges: run.plannedChanges,
    completedChanges: run.completedChanges,
    outputs: run.state?.outputs ?? null,
    failure: run.failure,
    cancelRequestedBy: run.cancelRequestedBy,
    createdAt: run.createdAt.toISOString(),
    claimedAt: run.claimedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}
