import { z } from 'zod';
import { BUCKET, DOMAIN } from '../aws-names.js';

/** Only a digest says for ever which image it is. */
const IMAGE_BY_DIGEST = /^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$/;
/** Pairs of CPU units and MiB that Fargate has; 1024 units are one virtual CPU. */
const FARGATE_MEMORY: Record<number, { from: number; to: number }> = {
  256: { from: 512, to: 2048 },
  512: { from: 1024, to: 4096 },
  1024: { from: 2048, to: 8192 },
  2048: { from: 4096, to: 16_384 },
  4096: { from: 8192, to: 30_720 },
  8192: { from: 16_384, to: 61_440 },
  16_384: { from: 32_768, to: 122_880 },
};
/** What ECS keeps apart in one task: Fargate gives 20 GiB without being asked. */
const FARGATE_DISK_GB = { least: 21, most: 200 };

/** Endpoints of services that containers ask all the time; what is left goes through the NAT gateways. */
const INTERFACE_ENDPOINTS = [
  'ecr.api',
  'ecr.dkr',
  'logs',
  'secretsmanager',
  'ssmmessages',
  'kms',
  'sts',
  'ecs',
  'ec2',
  'autoscaling',
];

const size = z
  .strictObject({ cpu: z.int().default(1024), memory: z.int().default(2048) })
  .refine(({ cpu, memory }) => isFargateSize(cpu, memory), {
    error: ({ input }) =>
      `Fargate has no task of this size (${JSON.stringify(input)}); see its table of CPU and memory`,
  });

const countRange = z
  .strictObject({ min: z.int().min(1).max(100).default(2), max: z.int().min(1).max(100).default(6) })
  .refine(({ min, max }) => min <= max, { error: 'the minimum is larger than the maximum' });

/**
 * What the deployment of one domain is made from, as an operator writes it. What is left out has a default for
 * production; `domain` and `image` have none.
 */
export const serviceInputsSchema = z.strictObject({
  domain: z.string().regex(DOMAIN, 'must be a domain with a hosted zone in this account'),
  /** The service's own address; a name of the domain's zone. */
  hostName: z.string().regex(DOMAIN, 'must be a host name').optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, such as us-west-2')
    .default('us-west-2'),
  image: z.string().regex(IMAGE_BY_DIGEST, 'must name an image by its digest: repository@sha256:…'),
  /** Version of the image, for people; a tag of everything. */
  version: z.string().min(1).max(100).default('unknown'),
  network: z
    .strictObject({
      cidr: z
        .string()
        .regex(/^\d+\.\d+\.0\.0\/16$/, 'must be a network of size /16, such as 10.64.0.0/16')
        .default('10.64.0.0/16'),
      zones: z.int().min(2).max(4).default(2),
      /** One gateway costs less, and the loss of its zone cuts off the others. */
      hasNatPerZone: z.boolean().default(true),
      interfaceEndpoints: z.array(z.string().regex(/^[a-z0-9.-]+$/)).default(INTERFACE_ENDPOINTS),
    })
    .prefault({}),
  web: z.strictObject({ size: size.prefault({}), count: countRange.prefault({}) }).prefault({}),
  worker: z
    .strictObject({
      size: size.prefault({ cpu: 2048, memory: 8192 }),
      count: z.int().min(1).max(50).default(2),
      diskGb: z.int().min(FARGATE_DISK_GB.least).max(FARGATE_DISK_GB.most).default(40),
    })
    .prefault({}),
  database: z
    .strictObject({
      instanceClass: z.string().regex(/^db\./).default('db.t4g.medium'),
      engineVersion: z
        .string()
        .regex(/^\d+(\.\d+)?$/)
        .default('17'),
      storageGb: z.int().min(20).max(65_536).default(20),
      maxStorageGb: z.int().min(20).max(65_536).default(200),
      isMultiAz: z.boolean().default(true),
      backupDays: z.int().min(1).max(35).default(14),
      isProtected: z.boolean().default(true),
      /** Snapshot the database begins with, or null for an empty one; what it says later changes nothing. */
      snapshot: z.string().min(1).nullable().default(null),
      /** Part of the final snapshot's name: count it up when the database is built anew, for names are unique. */
      generation: z.int().min(1).default(1),
    })
    .prefault({}),
  logs: z.strictObject({ retentionDays: z.int().default(90), auditRetentionDays: z.int().default(365) }).prefault({}),
  clusters: z.strictObject({
    containerRepository: z.string().min(1),
    projectBucket: z.string().regex(BUCKET).default('sliderule'),
    publicBucket: z.string().regex(BUCKET).default('sliderule-public'),
    keyPair: z.string().min(1).optional(),
    amiOwner: z
      .string()
      .regex(/^(self|\d{12})$/)
      .default('self'),
  }),
  /** Whom alarms are mailed to; nobody when it is left out. */
  alarmEmail: z.email().optional(),
  /** Variables of the service besides those set here; secrets do not belong here. */
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()).default({}),
  tags: z.record(z.string(), z.string()).default({}),
});

export type ServiceSettings = z.output<typeof serviceInputsSchema>;

/** Names operators find the parts by. */
export interface ServiceNames {
  /** `ps-<first label of the domain>`: the ECS cluster, and the start of every other name. */
  cluster: string;
  /** Service, container and log group of each role. */
  web: string;
  worker: string;
}

/** What the stack is made from. */
export interface ServiceInputs extends ServiceSettings {
  names: ServiceNames;
  /**
   * Changes when the database's password does: only then is the new one set. The password itself is the ephemeral
   * variable `database_password`, in no plan and no state.
   */
  databasePasswordVersion: number;
  /** Where the state is: a bucket, locked by a file in it, or null for the working directory. */
  stateBucket: string | null;
}

/** The service's host name. */
export function hostNameOf({ domain, hostName }: Pick<ServiceSettings, 'domain' | 'hostName'>): string {
  return hostName ?? `ps.${domain}`;
}

/** What keeps the secrets the service starts with, and what keeps the database's user and password. */
export function secretNamesOf({ domain }: Pick<ServiceSettings, 'domain'>): { service: string; database: string } {
  return { service: `${domain}/ps-server`, database: `${domain}/ps-server-database` };
}

function isFargateSize(cpu: number, memory: number): boolean {
  const range = FARGATE_MEMORY[cpu];
  return range !== undefined && range.from <= memory && memory <= range.to && memory % 512 === 0;
}
