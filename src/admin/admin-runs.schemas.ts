import { z } from 'zod';
import { booleanQuery, instantQuery, listQuerySchema, nextCursorSchema, searchable } from '../common/paging/page.js';
import { plannedChangeSchema } from '../provisioning/run-view.types.js';
import { type AdministeredRun, type StoredRunLogEntry } from '../provisioning/provisioning.types.js';

export const runIdSchema = z.uuid();

export const runQuerySchema = listQuerySchema(['createdAt'], '-createdAt', {
  organizationId: z.uuid().optional(),
  status: searchable.optional(),
  kind: searchable.optional(),
  trigger: searchable.optional(),
  isFinished: booleanQuery.optional(),
  failureCode: searchable.optional(),
  since: instantQuery.optional(),
  until: instantQuery.optional().describe('exclusive'),
});

export const runLogQuerySchema = z.strictObject({
  after: z.coerce.number().int().min(0).max(2_147_483_647).default(0).describe('seq of the last line known'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

export const forceSchema = z.strictObject({
  confirm: z.string().describe('the id of the run, typed again'),
});

export const administeredRunSchema = z.object({
  id: z.uuid(),
  organizationId: z.uuid(),
  organizationName: z.string(),
  kind: z.string(),
  status: z.string(),
  trigger: z.string(),
  requestedBy: z.string(),
  inputs: z.record(z.string(), z.unknown()).describe('what it was to build'),
  plannedChanges: z.number().int().nullable(),
  completedChanges: z.number().int(),
  changes: z.array(plannedChangeSchema).nullable(),
  isPlanOnly: z.boolean(),
  currentResource: z.string().nullable(),
  statusTimes: z.record(z.string(), z.string()).describe('when it entered which status'),
  approvalReason: z.string().nullable(),
  approvedBy: z.string().nullable(),
  forceRequestedBy: z.string().nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  cancelRequestedBy: z.string().nullable(),
  workerHost: z.string().nullable(),
  createdAt: z.string().describe('UTC, ISO 8601'),
  claimedAt: z.string().nullable(),
  heartbeatAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export const runPageSchema = z.object({ runs: z.array(administeredRunSchema), nextCursor: nextCursorSchema });

export const runLogSchema = z.object({
  entries: z.array(
    z.object({
      seq: z.number().int(),
      occurredAt: z.string(),
      phase: z.string(),
      type: z.string(),
      level: z.string(),
      message: z.string(),
      data: z.record(z.string(), z.unknown()).nullable(),
    }),
  ),
});

export type AdministeredRunResponse = z.infer<typeof administeredRunSchema>;

export function toAdministeredRunResponse(run: AdministeredRun): AdministeredRunResponse {
  const {
    state: _,
    cancelRequestedAt: __,
    createdAt,
    claimedAt,
    heartbeatAt,
    finishedAt,
    inputs,
    statusTimes,
    ...rest
  } = run;
  return {
    ...rest,
    inputs: { ...inputs },
    statusTimes: { ...statusTimes },
    createdAt: createdAt.toISOString(),
    claimedAt: claimedAt?.toISOString() ?? null,
    heartbeatAt: heartbeatAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

export function toRunLogResponse(entries: StoredRunLogEntry[]): z.infer<typeof runLogSchema> {
  return { entries: entries.map(({ occurredAt, ...entry }) => ({ ...entry, occurredAt: occurredAt.toISOString() })) };
}
