import { z } from 'zod';
import { CLUSTER_VERSION_NAME, NODE_CONFIGURATION_NAME } from '../catalogue/catalogue.types.js';
import { amountSchema, nonNegativeAmountSchema, positiveAmountSchema } from '../common/money/money.schemas.js';
import { AVAILABILITY_ZONES, ORGANIZATION_NAME, SPOT_ALLOCATION_STRATEGIES } from './organizations.types.js';

const nodeCount = z.number().int().min(0).max(1000);

/** Names become file, tag and DNS names, and the database refuses what is none. */
export const organizationNameSchema = z
  .string()
  .regex(ORGANIZATION_NAME, 'must be 1 to 63 letters, digits, - and _, and start with a letter or digit');

const ownerSettings = {
  clusterVersion: z
    .string()
    .regex(CLUSTER_VERSION_NAME, 'is no cluster version')
    .describe('one that is offered to the organization; a change destroys a deployed cluster and deploys it anew'),
  isPublic: z.boolean().describe('a change destroys a deployed cluster and deploys it anew'),
  minNodes: nodeCount.describe('at most maxNodes'),
  maxNodes: nodeCount.describe('at most adminMaxNodes'),
  allowDeployByToken: z.boolean().describe('whether a capacity request may deploy a cluster that is not there'),
  destroyWhenIdle: z.boolean().describe('whether an idle cluster goes away when minNodes is 0'),
  provisioningSuspended: z.boolean(),
  contactName: z
    .string()
    .max(200)
    .regex(/^\P{Cc}*\S\P{Cc}*$/u, 'must not be blank or hold control characters'),
  contactEmail: z.email().max(254).nullable(),
  nodeConfiguration: z
    .string()
    .regex(NODE_CONFIGURATION_NAME, 'is no node configuration')
    .nullable()
    .describe('variant of the cluster version; null for the usual nodes'),
  availabilityZone: z.enum(AVAILABILITY_ZONES).describe('a change destroys a deployed cluster and deploys it anew'),
  spotMaxPrice: positiveAmountSchema.describe('dollars per node and hour'),
  spotAllocationStrategy: z.enum(SPOT_ALLOCATION_STRATEGIES),
};

const administratorSettings = {
  target: z.enum(['local', 'aws']).describe('only while there is no cluster'),
  adminMaxNodes: nodeCount,
  maxAllowance: nonNegativeAmountSchema.describe('dollars'),
  monthlyAllowance: nonNegativeAmountSchema.describe('dollars'),
};

export const newOrganizationSchema = z
  .strictObject({ ...ownerSettings, ...administratorSettings })
  .partial()
  .extend({
    name: organizationNameSchema.refine((name) => name.toLowerCase() !== 'uninitialized', 'is reserved'),
    owner: z.string().min(1).max(150).describe('username of the first owner'),
    balance: amountSchema.optional().describe('dollars on the account from the start'),
  });

export type NewOrganizationInput = z.infer<typeof newOrganizationSchema>;

export const organizationChangeSchema = z
  .strictObject({ ...ownerSettings, ...administratorSettings })
  .partial()
  .describe('target, adminMaxNodes and the allowances are for administrators');

export type OrganizationChangeInput = z.infer<typeof organizationChangeSchema>;

const dollars = z.string().describe('dollars as decimal text with four decimals');

/** Settings as they are answered. */
export const organizationSettingsShape = {
  target: z.string(),
  clusterVersion: z.string(),
  isPublic: z.boolean(),
  minNodes: z.number().int(),
  maxNodes: z.number().int(),
  adminMaxNodes: z.number().int(),
  allowDeployByToken: z.boolean(),
  destroyWhenIdle: z.boolean(),
  provisioningSuspended: z.boolean(),
  contactName: z.string(),
  contactEmail: z.string().nullable(),
  nodeConfiguration: z.string().nullable(),
  availabilityZone: z.string(),
  spotMaxPrice: dollars,
  spotAllocationStrategy: z.string(),
  maxAllowance: dollars,
  monthlyAllowance: dollars,
};
