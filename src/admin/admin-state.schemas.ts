import { z } from 'zod';
import { listQuerySchema, nextCursorSchema, searchable } from '../common/paging/page.js';
import { type StateLock, type StateVersion } from '../provisioning/provisioning.types.js';

export const stateVersionIdSchema = z.uuid();

const sources = z.enum(['run', 'rollback', 'adoption']);

export const stateQuerySchema = listQuerySchema(['createdAt', 'serial'], '-createdAt', {
  lineage: searchable.optional(),
  source: sources.optional(),
  runId: z.uuid().optional(),
});

export const rollbackSchema = z.strictObject({
  versionId: stateVersionIdSchema.describe('the version to go back to'),
  confirm: z.string().describe('the name of the organization, typed again'),
});

export const unlockSchema = z.strictObject({
  confirm: z.string().describe('the id of the run that holds the state'),
});

export const stateVersionSchema = z.object({
  id: z.uuid(),
  serial: z.number().int(),
  lineage: z.string(),
  sha256: z.string().describe('of the content in clear'),
  sizeBytes: z.number().int(),
  source: sources.describe('what made it'),
  runId: z.uuid().nullable(),
  createdBy: z.string().nullable().describe('null when a run made it'),
  createdAt: z.string().describe('UTC, ISO 8601'),
});

export const stateLockSchema = z.object({
  runId: z.uuid(),
  kind: z.string(),
  status: z.string(),
  requestedBy: z.string(),
  workerHost: z.string().nullable(),
  workerProcess: z.string().nullable(),
  claimedAt: z.string().nullable(),
  heartbeatAt: z.string().nullable(),
});

export const statePageSchema = z.object({
  versions: z.array(stateVersionSchema),
  nextCursor: nextCursorSchema,
  lock: stateLockSchema.nullable().describe('the run that has the state for itself'),
});

export function toStateVersionResponse(version: StateVersion): z.infer<typeof stateVersionSchema> {
  const { organizationId: _, createdAt, ...rest } = version;
  return { ...rest, createdAt: createdAt.toISOString() };
}

export function toStateLockResponse(lock: StateLock): z.infer<typeof stateLockSchema> {
  const { claimedAt, heartbeatAt, silentSeconds: _, ...rest } = lock;
  return { ...rest, claimedAt: claimedAt?.toISOString() ?? null, heartbeatAt: heartbeatAt?.toISOString() ?? null };
}
