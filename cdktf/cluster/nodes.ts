import {
  AutoscalingGroup,
  type AutoscalingGroupConfig,
  type AutoscalingGroupMixedInstancesPolicyInstancesDistribution as Distribution,
  type AutoscalingGroupMixedInstancesPolicyLaunchTemplateOverride as Override,
} from '@cdktf/provider-aws/lib/autoscaling-group/index.js';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { bootScript } from './boot-scripts.js';
import { type ClusterInputs } from './cluster-inputs.js';
import { defaultTags } from './default-tags.js';
import { bootNeeds, metadataOptions, type Surroundings, VOLUME_TYPE } from './machine.js';
import {
  DEFAULT_NODE_CONFIGURATION,
  LAUNCH_TEMPLATE_INSTANCE_TYPE,
  NODE_CONFIGURATIONS,
  type NodeConfiguration,
} from './node-configurations.js';
import { nodeTag } from './ownership-tag.js';
import { constantValue } from './terraform-text.js';

const NEWEST = '$Latest';

/** The nodes, as one group that Terraform gives a size and AWS keeps at it. */
export class Nodes extends Construct {
  constructor(
    scope: Construct,
    private readonly inputs: ClusterInputs,
    private readonly around: Surroundings,
  ) {
    super(scope, 'nodes');
    const template = this.launchTemplate();
    const { min, max, desired } = inputs.nodes;
    addressed('sliderule-cluster', (id) => {
      return new AutoscalingGroup(this, id, {
        capacityRebalance: true,
        minSize: min,
        maxSize: max,
        desiredCapacity: desired,
        healthCheckType: 'EC2',
        vpcZoneIdentifier: [around.network.subnet.id],
        ...this.launchedBy(template),
        tag: Object.entries(this.tags()).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
        dependsOn: bootNeeds(around),
      });
    });
  }

  /** Neither the group nor what the template launches gets the provider's default tags, so they are repeated here. */
  private tags(): Record<string, string> {
    const { key, value } = nodeTag(this.inputs.organizationName);
    return { [key]: value, ...defaultTags(this.inputs) };
  }

  private launchTemplate(): LaunchTemplate {
    const { clusterName, installation, hardening, volumeSizeGb } = this.inputs;
    const { image, network, role } = this.around;
    return addressed('sliderule_template', (id) => {
      return new LaunchTemplate(this, id, {
        namePrefix: `${clusterName}-`,
        imageId: image.id,
        instanceType: LAUNCH_TEMPLATE_INSTANCE_TYPE,
        keyName: installation.keyPairName ?? undefined,
        userData: this.userData(),
        iamInstanceProfile: { name: role.profile.name },
        networkInterfaces: [{ associatePublicIpAddress: 'true', securityGroups: [network.securityGroups.node.id] }],
        blockDeviceMappings: [
          {
            deviceName: '/dev/xvda',
            ebs: {
              volumeType: VOLUME_TYPE,
              volumeSize: volumeSizeGb,
              deleteOnTermination: 'true',
              ...(hardening.encryptedVolumes ? { encrypted: 'true' } : {}),
            },
          },
        ],
        metadataOptions: metadataOptions(hardening),
        tagSpecifications: [{ resourceType: 'instance', tags: this.tags() }],
      });
    });
  }

  /** Nodes get no secrets, so their script is known here. */
  private userData(): string {
    return Buffer.from(constantValue(bootScript('node', this.inputs, this.around.secrets))).toString('base64');
  }

  private launchedBy(
    template: LaunchTemplate,
  ): Pick<AutoscalingGroupConfig, 'launchTemplate' | 'mixedInstancesPolicy'> {
    const configuration = this.configuration();
    if (configuration.kind === 'launch-template') return { launchTemplate: { id: template.id, version: NEWEST } };
    return {
      mixedInstancesPolicy: {
        instancesDistribution: this.distribution(configuration),
        launchTemplate: {
          launchTemplateSpecification: { launchTemplateId: template.id, version: NEWEST },
          override: overrides(configuration),
        },
      },
    };
  }

  private configuration(): NodeConfiguration {
    const name = this.inputs.nodeConfiguration ?? DEFAULT_NODE_CONFIGURATION;
    const configuration = NODE_CONFIGURATIONS.get(name);
    if (!configuration) throw new Error(`The node configuration ${name} was checked and is not there.`);
    return configuration;
  }

  /** Both kinds say everything: what is left out keeps the value of the configuration the group had before. */
  private distribution({ kind }: NodeConfiguration): Distribution {
    if (kind !== 'spot') return { onDemandBaseCapacity: 0, onDemandPercentageAboveBaseCapacity: 100 };
    const { nodes, spot } = this.inputs;
    return {
      onDemandBaseCapacity: nodes.min,
      onDemandPercentageAboveBaseCapacity: 0,
      spotAllocationStrategy: spot.allocationStrategy,
      spotMaxPrice: spot.maxPrice,
    };
  }
}

function overrides(configuration: Exclude<NodeConfiguration, { kind: 'launch-template' }>): Override[] {
  if (configuration.kind === 'on-demand') return [{ instanceType: configuration.instanceType }];
  return configuration.instanceTypes.map((instanceType) => ({ instanceType, weightedCapacity: '1' }));
}
