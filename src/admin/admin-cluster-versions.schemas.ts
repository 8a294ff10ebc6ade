import { z } from 'zod';
import { CLUSTER_VERSION_NAME, type ClusterVersion, NODE_CONFIGURATION_NAME } from '../catalogue/catalogue.types.js';
import { booleanQuery, listQuerySchema, nextCursorSchema } from '../common/paging/page.js';

const MAX_NODE_CONFIGURATIONS = 100;
const MAX_PERMITTED = 1000;

export const versionNameSchema = z.string().regex(CLUSTER_VERSION_NAME, 'is no name of a cluster version');

/** Newest first, as organizations see them. */
export const versionQuerySchema = listQuerySchema(['release', 'createdAt', 'updatedAt'], '-release', {
  isEnabled: booleanQuery.optional(),
  isRestricted: booleanQuery.optional().describe('true: for certain organizations only'),
});

const nodeConfigurations = z
  .array(z.string().regex(NODE_CONFIGURATION_NAME, 'is no name of a node configuration'))
  .max(MAX_NODE_CONFIGURATIONS)
  .describe('all of them; the usual nodes, which every version has, are none');
const settings = z
  .strictObject({
    isEnabled: z.boolean().describe('organizations that have a disabled version keep it; nobody can choose it'),
    description: z
      .string()
      .max(500)
      .regex(/^\P{Cc}*$/u, 'must not hold control characters'),
    nodeConfigurations,
    permittedOrganizationIds: z
      .array(z.uuid())
      .max(MAX_PERMITTED)
      .nullable()
      .describe('who may choose it: all of them; null for everybody, an empty list for nobody'),
  })
  .partial();

export const newVersionSchema = settings.extend({ name: versionNameSchema.describe('it can never be changed') });
export const versionChangeSchema = settings;

export const versionSchema = z.object({
  name: z.string(),
  isEnabled: z.boolean(),
  description: z.string(),
  nodeConfigurations: z.array(z.string()),
  permittedOrganizations: z
    .array(z.object({ id: z.uuid(), name: z.string() }))
    .nullable()
    .describe('null: everybody'),
  organizationCount: z.number().int().describe('organizations that have it'),
  createdAt: z.string().describe('UTC, ISO 8601'),
  updatedAt: z.string().describe('UTC, ISO 8601'),
});
export const versionPageSchema = z.object({ versions: z.array(versionSchema), nextCursor: nextCursorSchema });

export type VersionResponse = z.infer<typeof versionSchema>;

export function toVersionResponse({ createdAt, updatedAt, ...version }: ClusterVersion): VersionResponse {
  return { ...version, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
