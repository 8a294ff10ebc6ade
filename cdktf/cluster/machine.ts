import { type DataAwsAmi } from '@cdktf/provider-aws/lib/data-aws-ami/index.js';
import { Instance, type InstanceMetadataOptions } from '@cdktf/provider-aws/lib/instance/index.js';
import { type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { bootScript, type SecretsExpression } from './boot-scripts.js';
import { type ClusterInputs, type Hardening } from './cluster-inputs.js';
import { type ConfigObjects } from './config-objects.js';
import { type MachineRole } from './iam.js';
import { type SingleRole } from './machines.js';
import { type Network } from './network.js';

/** What every machine of a cluster is built on. */
export interface Surroundings {
  image: DataAwsAmi;
  secrets: SecretsExpression;
  network: Network;
  role: MachineRole;
  objects: ConfigObjects;
}

export const VOLUME_TYPE = 'gp2';
const VOLUME_SIZE_GB = 40;

/** One of the machines of which there is exactly one, at a fixed private address. */
export abstract class Machine extends Construct {
  readonly instance: Instance;

  constructor(scope: Construct, role: SingleRole, instanceType: string, inputs: ClusterInputs, around: Surroundings) {
    super(scope, `${role}-machine`);
    const { installation, hardening, availabilityZone, organizationName } = inputs;
    this.instance = addressed(role, (id) => {
      return new Instance(this, id, {
        ami: around.image.id,
        instanceType,
        availabilityZone,
        subnetId: around.network.subnet.id,
        privateIp: installation.addresses[role],
        associatePublicIpAddress: true,
        sourceDestCheck: true,
        vpcSecurityGroupIds: [around.network.securityGroups[role].id],
        iamInstanceProfile: around.role.profile.name,
        keyName: installation.keyPairName ?? undefined,
        ebsOptimized: false,
        monitoring: false,
        rootBlockDevice: {
          volumeType: VOLUME_TYPE,
          volumeSize: VOLUME_SIZE_GB,
          deleteOnTermination: true,
          ...(hardening.encryptedVolumes ? { encrypted: true } : {}),
        },
        metadataOptions: metadataOptions(hardening),
        userData: bootScript(role, inputs, around.secrets),
        tags: { Name: `${organizationName}-${role}` },
        dependsOn: bootNeeds(around),
      });
    });
  }
}

/** What must be there before a machine boots, and until it is gone. */
export function bootNeeds({ network, role, objects }: Surroundings): ITerraformDependable[] {
  return [network.wayOut, ...role.permissions, objects.composeFiles];
}

/** Containers share the network of their host, so a token need not travel further than to it. */
export function metadataOptions({ imdsv2 }: Hardening): InstanceMetadataOptions | undefined {
  return imdsv2 ? { httpTokens: 'required', httpEndpoint: 'enabled', httpPutResponseHopLimit: 1 } : undefined;
}
