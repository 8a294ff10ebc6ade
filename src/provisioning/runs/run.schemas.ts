import { z } from 'zod';
import { type Run, type Waiting } from '../provisioning.types.js';
import { type CancelGrace, durations, graceEndsAt, percentDone } from './run-progress.js';

export const runIdSchema = z.uuid();

export const runListQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('how many runs, newest first'),
});

export type RunListQuery = z.infer<typeof runListQuerySchema>;

const instant = z.string().describe('UTC, ISO 8601');

/** One thing a plan would do, or a refresh found done. */
export const plannedChangeSchema = z.object({
  address: z.string(),
  type: z.string(),
  action: z.string(),
  reason: z.string().nullable(),
});

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
  percent: z.number().int().describe('how far the run is, 0 to 100'),
  currentResource: z.string().nullable().describe('what is being built or removed; null when nothing is'),
  planOnly: z.boolean().describe('shows what would be done and does nothing'),
  changes: z
    .array(plannedChangeSchema)
    .nullable()
    .describe('what the plan does, or what a refresh found changed; null before, and in lists'),
  waiting: z
    .object({ position: z.number().int(), reason: z.string() })
    .nullable()
    .describe('why it has not started, and its place in the queue; null once it has, and in lists'),
  approval: z
    .object({ reason: z.string(), approvedBy: z.string().nullable() })
    .nullable()
    .describe('why somebody has to agree to the plan before it is applied; null when nobody has to'),
  graceEndsAt: instant.nullable().describe('until when a cancelled run may stop by itself before it can be killed'),
  durations: z.array(z.object({ status: z.string(), seconds: z.number() })).describe('where its time went'),
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

/** What a view of a run depends on besides the run. */
export interface RunViewContext {
  now: Date;
  grace: CancelGrace;
}

/** A run in a list: without what makes one long. */
export function toListedRunResponse(run: Run, context: RunViewContext): RunResponse {
  return { ...toRunResponse(run, context, null), changes: null };
}

export function toRunResponse(run: Run, { now, grace }: RunViewContext, waiting: Waiting | null): RunResponse {
  const isAtWork = run.status === 'applying' || run.status === 'canceling';
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
    percent: percentDone(run),
    currentResource: isAtWork ? run.currentResource : null,
    planOnly: run.isPlanOnly,
    changes: run.changes,
    waiting,
    approval: run.approvalReason === null ? null : { reason: run.approvalReason, approvedBy: run.approvedBy },
    graceEndsAt: graceEndsAt(run, grace)?.toISOString() ?? null,
    durations: durations(run, now),
    outputs: run.state?.outputs ?? null,
    failure: run.failure,
    cancelRequestedBy: run.cancelRequestedBy,
    createdAt: run.createdAt.toISOString(),
    claimedAt: run.claimedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}
