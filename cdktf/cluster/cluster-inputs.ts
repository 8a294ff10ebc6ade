import { type AdoptedContents } from './adopted-contents.js';

/** What all clusters of an installation have in common. */
export interface Installation {
  /** Names the hosted zone, the secret `<domain>/secrets` and the certificate `config/<domain>.pem`. */
  domain: string;
  region: string;
  /** `<account>.dkr.ecr.<region>.amazonaws.com`; images are `<containerRepository>/<name>:<version>`. */
  containerRepository: string;
  /** Bucket of configuration, software and data. */
  projectBucket: string;
  /** Bucket that machines may write results to. */
  publicBucket: string;
  /** Key pair for ssh, or null for machines without one. */
  keyPairName: string | null;
  /** Account that owns the machine images, or `self`. */
  amiOwner: string;
  vpcCidr: string;
  /** Fixed private addresses; containers rely on them. */
  addresses: { ilb: string; monitor: string; manager: string };
  /** Restarts unhealthy containers. A public image is pulled by every machine at boot: mirror it for large clusters. */
  autohealImage: string;
  /** ARN of the policy that bounds what machines may do, or null; clusters that were taken over have none. */
  machineBoundary: string | null;
  /** Value of the tag `terraform-base-path`. */
  terraformBasePath: string;
  /** Tags of every resource besides those the stack sets itself, which win. */
  tags: Readonly<Record<string, string>>;
}

/** Improvements over the old system's machines. Each replaces or restarts machines where it is switched on or off. */
export interface Hardening {
  /** The metadata service answers requests with a session token only. */
  imdsv2: boolean;
  encryptedVolumes: boolean;
  /**
   * Machines fetch secrets with their role at boot. Otherwise they stand in the user data, readable by whoever may
   * describe an instance, and in the Terraform state.
   */
  secretsAtBoot: boolean;
}

export const HARDENED: Hardening = { imdsv2: true, encryptedVolumes: true, secretsAtBoot: true };
/** As the old system builds clusters: for adopted ones, where every improvement is a change. */
export const AS_BEFORE: Hardening = { imdsv2: false, encryptedVolumes: false, secretsAtBoot: false };

/** What one cluster is made from. */
export interface ClusterInputs {
  installation: Installation;
  /** A DNS label of at most 55 characters: `<clusterName>.<domain>` is its address, `<clusterName>-iam-role` a role. */
  clusterName: string;
  /** In tags, and in the environment of machines. */
  organizationName: string;
  /** Tag of all container images; the machine image is `sliderule-arm-<clusterVersion>`. */
  clusterVersion: string;
  isPublic: boolean;
  /** 0 <= min <= desired <= max <= 1000, max > 0. */
  nodes: { min: number; max: number; desired: number };
  /** A name of {@link NODE_CONFIGURATIONS}, or null for the default. */
  nodeConfiguration: string | null;
  /** For spot node configurations only; the price is in dollars an hour. */
  spot: { allocationStrategy: string; maxPrice: string };
  /** Of the subnet and all machines; another one builds the cluster anew. */
  availabilityZone: string;
  /** Of each node's volume. */
  volumeSizeGb: number;
  /** Identifier of the build, passed to nodes. */
  environmentVersion: string;
  hardening: Hardening;
  /** Of a cluster the old system deployed, until it is destroyed; see {@link AdoptedContents}. */
  adopted: AdoptedContents | null;
}

export const INSTALLATION_DEFAULTS = {
  domain: 'slideruleearth.io',
  region: 'us-west-2',
  projectBucket: 'sliderule',
  keyPairName: null,
  machineBoundary: null,
  amiOwner: 'self',
  vpcCidr: '10.0.0.0/16',
  addresses: { manager: '10.0.1.3', monitor: '10.0.1.4', ilb: '10.0.1.5' },
  autohealImage: 'willfarrell/autoheal:1.2.0',
  tags: {},
} as const satisfies Partial<Installation>;

export const CLUSTER_DEFAULTS = {
  clusterVersion: 'latest',
  nodeConfiguration: null,
  spot: { allocationStrategy: 'lowest-price', maxPrice: '0.17' },
  availabilityZone: 'us-west-2c',
  volumeSizeGb: 64,
} as const satisfies Partial<ClusterInputs>;
