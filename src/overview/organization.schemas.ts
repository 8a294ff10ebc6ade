import { z } from 'zod';
import { type ClusterView } from '../clusters/clusters.types.js';
import { organizationNameSchema, organizationSettingsShape } from '../organizations/organization-inputs.types.js';
import { type OrganizationListing, type OrganizationOverview } from './overview.types.js';

const instant = z.string().describe('UTC, ISO 8601');
const dollars = z.string().describe('dollars as decimal text with four decimals');

export const deletionQuerySchema = z.strictObject({
  confirm: z.string().max(63).describe('the name of the organization once more'),
});

export const browseQuerySchema = z.strictObject({
  search: z.string().max(63).optional().describe('part of the name, in any letter case'),
  after: organizationNameSchema.optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export type BrowseInput = z.infer<typeof browseQuerySchema>;

const clusterSchema = z.object({
  isDeployed: z.boolean(),
  nodeCount: z.number().int().describe('nodes there are'),
  desiredNodes: z.number().int().describe('nodes there should be'),
  address: z.string().nullable(),
  clusterVersion: z.string().nullable().describe('what is deployed; null or empty when nothing is'),
  isPublic: z.boolean().describe('what is deployed, not what is wished for'),
  lastError: z.string().nullable(),
  drift: z
    .array(z.object({ address: z.string(), action: z.string() }))
    .nullable()
    .describe('what was changed outside of this service, as of driftCheckedAt'),
  driftCheckedAt: instant.nullable(),
});

export const organizationSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  role: z.string().describe('what the caller is in it: owner, member or administrator'),
  ...organizationSettingsShape,
  balance: dollars,
  cluster: clusterSchema,
  capacity: z.object({
    liveRequests: z.number().int(),
    firstExpiry: instant.nullable().describe('when the first live request ends, and the cluster may shrink'),
    lastExpiry: instant.nullable().describe('when the last live request ends, and an idle cluster may go away'),
  }),
  run: z
    .object({ id: z.uuid(), kind: z.string(), status: z.string() })
    .nullable()
    .describe('the run in progress, else the one waiting'),
  createdAt: instant,
  updatedAt: instant,
});

export type OrganizationResponse = z.infer<typeof organizationSchema>;

export function toOrganizationResponse(overview: OrganizationOverview, role: string): OrganizationResponse {
  const { organization, balance, cluster, capacity, run } = overview;
  const { createdAt, updatedAt, ...settings } = organization;
  return {
    ...settings,
    role,
    balance,
    cluster: toClusterResponse(cluster),
    capacity: {
      liveRequests: capacity.liveRequests,
      firstExpiry: capacity.firstExpiry?.toISOString() ?? null,
      lastExpiry: capacity.lastExpiry?.toISOString() ?? null,
    },
    run: run && { id: run.id, kind: run.kind, status: run.status },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

const listingSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  isPublic: z.boolean().describe('the cluster serves everybody, no membership needed'),
  contactName: z.string(),
  contactEmail: z.string().nullable(),
  owners: z.array(z.string()).describe('names of the active owners'),
  membership: z
    .object({ id: z.uuid(), role: z.string(), status: z.string() })
    .nullable()
    .describe("the caller's; null without one"),
  cluster: clusterSchema.nullable().describe('for active members and administrators'),
});

export const organizationListSchema = z.object({
  organizations: z.array(listingSchema),
  next: z.string().nullable().describe('`after` of the next page; null on the last one'),
});

export type OrganizationListResponse = z.infer<typeof organizationListSchema>;

export function toListingResponse({
  cluster,
  ...organization
}: OrganizationListing): OrganizationListResponse['organizations'][number] {
  return { ...organization, cluster: cluster && toClusterResponse(cluster) };
}

function toClusterResponse(cluster: ClusterView): z.infer<typeof clusterSchema> {
  const { isDeployed, nodeCount, desiredNodes, address, clusterVersion, isPublic, lastError } = cluster;
  const { drift, driftCheckedAt } = cluster;
  return {
    isDeployed,
    nodeCount,
    desiredNodes,
    address,
    clusterVersion,
    isPublic,
    lastError,
    drift: drift?.map(({ address: resource, action }) => ({ address: resource, action })) ?? null,
    driftCheckedAt: driftCheckedAt?.toISOString() ?? null,
  };
}

export const deletedOrganizationSchema = z.object({ id: z.uuid(), name: z.string() });
