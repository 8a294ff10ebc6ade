import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { type Hardening } from '../../../cdktf/cluster/cluster-inputs.js';
import { AwsInventoryService } from '../../aws/aws-inventory.service.js';
import { AwsMachinesService } from '../../aws/aws-machines.service.js';
import { AwsPreflightService } from '../../aws/aws-preflight.service.js';
import { type PreflightReport, type Undertaking } from '../../aws/preflight.types.js';
import { NAMED_TYPES, type NamedResource } from '../../aws/aws.types.js';
import { ownershipTag } from '../../../cdktf/cluster/ownership-tag.js';
import { errorMessage } from '../../common/errors/domain-error.js';
import { AppConfig } from '../../config/app-config.js';
import { Patience } from '../../database/patience.js';
import { AwsCredentialsService } from '../../credentials/aws-credentials.service.js';
import { type StackResource } from '../orphans/stack-resources.js';
import { type RunInputs } from '../provisioning.types.js';
import { AdoptedContentsRepository } from './adopted-contents.repository.js';
import { type Existing, type SynthesisedStack, type Target, TargetUnavailableError } from './target.js';

const TERRAFORM_BASE_PATH = 'ps-server';
const HEALTHY_STATES = ['pending', 'running'];
const MOST_DIAGNOSED = 5;
const CONSOLE_CHARACTERS = 4_000;
/** Clusters in the AWS account of the installation. */
@Injectable()
export class AwsTarget implements Target {
  constructor(
    private readonly config: AppConfig,
    private readonly credentials: AwsCredentialsService,
    private readonly adoptions: AdoptedContentsRepository,
    private readonly patience: Patience,
    private readonly inventory: AwsInventoryService,
    private readonly machines: AwsMachinesService,
    private readonly permissions: AwsPreflightService,
  ) {}

  async preload(): Promise<void> {
    if (this.config.env.PS_AWS_CONTAINER_REPOSITORY !== undefined) await definition();
  }

  /** Throws TargetUnavailableError, ClusterInputsError or AwsCredentialsError. */
  async synthesise(inputs: RunInputs, organizationId: string): Promise<SynthesisedStack> {
    const { PS_AWS_CONTAINER_REPOSITORY: containerRepository } = this.config.env;
    if (containerRepository === undefined) {
      throw new TargetUnavailableError(
        'aws',
        'Set PS_AWS_CONTAINER_REPOSITORY and the other variables about AWS in .env.example.',
      );
    }
    const { environment, secrets } = await this.credentials.forChild();
    return {
      files: { 'cdk.tf.json': await this.text(inputs, organizationId, containerRepository) },
      lockFile: this.lockFile(),
      variables: {},
      environment: { ...environment, AWS_REGION: this.config.env.PS_AWS_REGION },
      secrets,
    };
  }

  /** Everything with the tag that also tells costs apart, and what has a name AWS keeps unique. */
  async existing({ organizationName }: RunInputs, missing: readonly StackResource[]): Promise<Existing> {
    if (!this.config.env.PS_AWS_OBSERVE) return { resources: [], listedTypes: [] };
    const found = await Promise.all([
      this.inventory.tagged(ownershipTag(organizationName)),
      this.inventory.named(missing.flatMap(namedResource)),
    ]);
    return { resources: found.flat(), listedTypes: this.inventory.listedTypes };
  }

  async preflight(configuration: string, undertaking: Undertaking): Promise<PreflightReport | null> {
    return this.config.env.PS_AWS_OBSERVE ? this.permissions.check(configuration, undertaking) : null;
  }

  /** Of machines that went down: why, and the end of what they wrote to their console. */
  async diagnose({ organizationName }: RunInputs): Promise<string[]> {
    if (!this.config.env.PS_AWS_OBSERVE) return [];
    const machines = await this.machines.list(ownershipTag(organizationName));
    const down = machines.filter(({ state }) => !HEALTHY_STATES.includes(state)).slice(0, MOST_DIAGNOSED);
    return Promise.all(
      down.map(async ({ id, name, state, stateReason }) => {
        const output = (await this.machines.consoleOutput(id)).trimEnd().slice(-CONSOLE_CHARACTERS);
        const why = stateReason === null ? '' : ` (${stateReason})`;
        const written = output === '' ? 'It wrote nothing to its console.' : `Its console ends with:\n${output}`;
        return `Machine ${id}${name === null ? '' : ` (${name})`} is ${state}${why}. ${written}`;
      }),
    );
  }

  private lockFile(): string | null {
    const { PS_TERRAFORM_LOCK_FILE: path } = this.config.env;
    if (path === undefined) return null;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const advice = `PS_TERRAFORM_LOCK_FILE cannot be read (${errorMessage(error)}). make provider-lock writes one.`;
      throw new TargetUnavailableError('aws', advice);
    }
  }

  private async text(inputs: RunInputs, organizationId: string, containerRepository: string): Promise<string> {
    const { env } = this.config;
    const { synthesiseCluster, AS_BEFORE, CLUSTER_DEFAULTS, INSTALLATION_DEFAULTS } = await definition();
    const adopted = await this.patience.insist(`read what organization ${organizationId} took over`, () =>
      this.adoptions.find(organizationId),
    );
    const { nodes } = inputs;
    const limits = inputs.nodeLimits ?? { min: 0, max: nodes };
    return synthesiseCluster({
      installation: {
        ...INSTALLATION_DEFAULTS,
        domain: env.PS_AWS_DOMAIN,
        region: env.PS_AWS_REGION,
        containerRepository,
        projectBucket: env.PS_AWS_PROJECT_BUCKET,
        publicBucket: env.PS_AWS_PUBLIC_BUCKET,
        keyPairName: env.PS_AWS_KEY_PAIR ?? null,
        amiOwner: env.PS_AWS_AMI_OWNER,
        machineBoundary: env.PS_AWS_MACHINE_BOUNDARY_ARN ?? null,
        vpcCidr: env.PS_AWS_VPC_CIDR,
        terraformBasePath: TERRAFORM_BASE_PATH,
      },
      clusterName: inputs.organizationName,
      organizationName: inputs.organizationName,
      clusterVersion: inputs.clusterVersion,
      isPublic: inputs.isPublic,
      nodes: { min: Math.min(limits.min, nodes), max: Math.max(limits.max, nodes, 1), desired: nodes },
      nodeConfiguration: inputs.nodeConfiguration ?? null,
      spot: {
        allocationStrategy: inputs.spotAllocationStrategy ?? CLUSTER_DEFAULTS.spot.allocationStrategy,
        maxPrice: inputs.spotMaxPrice ?? CLUSTER_DEFAULTS.spot.maxPrice,
      },
      availabilityZone: inputs.availabilityZone ?? CLUSTER_DEFAULTS.availabilityZone,
      volumeSizeGb: env.PS_AWS_NODE_VOLUME_GB,
      environmentVersion: inputs.clusterVersion,
      // Each improvement would replace or restart machines that run, so a cluster taken over gets them when it is built anew.
      hardening: adopted ? AS_BEFORE : hardening(env.PS_AWS_HARDENING),
      adopted,
    });
  }
}

function hardening(wanted: readonly string[]): Hardening {
  return {
    imdsv2: wanted.includes('imdsv2'),
    encryptedVolumes: wanted.includes('encrypted-volumes'),
    secretsAtBoot: wanted.includes('secrets-at-boot'),
  };
}

function namedResource({ type, name }: StackResource): NamedResource[] {
  const known = NAMED_TYPES.find((named) => named === type);
  return known === undefined || name === null ? [] : [{ type: known, name }];
}

interface Definition {
  synthesiseCluster: (typeof import('../../../cdktf/cluster/cluster-stack.js'))['synthesiseCluster'];
  AS_BEFORE: Hardening;
  CLUSTER_DEFAULTS: (typeof import('../../../cdktf/cluster/cluster-inputs.js'))['CLUSTER_DEFAULTS'];
  INSTALLATION_DEFAULTS: (typeof import('../../../cdktf/cluster/cluster-inputs.js'))['INSTALLATION_DEFAULTS'];
}

/** Imported late: with the bindings of the provider cdktf takes half a second and 90 MB. */
async function definition(): Promise<Definition> {
  const [{ synthesiseCluster }, { AS_BEFORE, CLUSTER_DEFAULTS, INSTALLATION_DEFAULTS }] = await Promise.all([
    import('../../../cdktf/cluster/cluster-stack.js'),
    import('../../../cdktf/cluster/cluster-inputs.js'),
  ]);
  return { synthesiseCluster, AS_BEFORE, CLUSTER_DEFAULTS, INSTALLATION_DEFAULTS };
}
