import { DataAwsAmi } from '@cdktf/provider-aws/lib/data-aws-ami/index.js';
import { DataAwsSecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret-version/index.js';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { type App, TerraformStack } from 'cdktf';
import { HANDSHAKE } from '../cluster-outputs.js';
import { addClusterOutputs, prepareStack } from '../cluster-stack-parts.js';
import { stackText } from '../stack-text.js';
import { addressed } from '../addressed.js';
import { secretIdOf, type SecretsExpression } from './boot-scripts.js';
import { checkClusterInputs } from './check-cluster-inputs.js';
import { type ClusterInputs } from './cluster-inputs.js';
import { ConfigObjects } from './config-objects.js';
import { defaultTags } from './default-tags.js';
import { Dns } from './dns.js';
import { MachineRole } from './iam.js';
import { LoadBalancer } from './ilb.js';
import { type Surroundings } from './machine.js';
import { Manager } from './manager.js';
import { Monitor } from './monitor.js';
import { Network } from './network.js';
import { Nodes } from './nodes.js';

/**
 * The AWS resources of one cluster. Addresses and settings are those of the system this service replaces, so that its
 * clusters can be taken over without a change: do not rename anything.
 */
class ClusterStack extends TerraformStack {
  constructor(
    app: App,
    private readonly inputs: ClusterInputs,
  ) {
    super(app, 'cluster');
    prepareStack(this);
    new AwsProvider(this, 'aws', { region: inputs.installation.region, defaultTags: [{ tags: defaultTags(inputs) }] });
    const around: Surroundings = {
      image: this.machineImage(),
      secrets: this.secrets(),
      network: new Network(this, inputs),
      role: new MachineRole(this, inputs),
      objects: new ConfigObjects(this, inputs),
    };
    const ilb = new LoadBalancer(this, inputs, around);
    const monitor = new Monitor(this, inputs, around);
    new Manager(this, inputs, around);
    new Nodes(this, inputs, around);
    new Dns(this, inputs, ilb);
    addClusterOutputs(this, {
      ilb_ip_address: ilb.instance.publicIp,
      ilb_state: ilb.instance.instanceState,
      ilb_id: ilb.instance.id,
      monitor_state: monitor.instance.instanceState,
      monitor_id: monitor.instance.id,
      prov_sys_handshake: HANDSHAKE,
      cluster_name: inputs.clusterName,
    });
  }

  private machineImage(): DataAwsAmi {
    const { installation, clusterVersion } = this.inputs;
    return addressed('sliderule_cluster_ami', (id) => {
      return new DataAwsAmi(this, id, {
        mostRecent: true,
        owners: [installation.amiOwner],
        filter: [
          { name: 'name', values: [`sliderule-arm-${clusterVersion}`] },
          { name: 'virtualization-type', values: ['hvm'] },
        ],
      });
    });
  }

  /** Not even looked up where machines fetch secrets themselves: a data source leaves them in the state. */
  private secrets(): SecretsExpression {
    if (this.inputs.hardening.secretsAtBoot) return null;
    const version = addressed('secrets', (id) => {
      return new DataAwsSecretsmanagerSecretVersion(this, id, { secretId: secretIdOf(this.inputs) });
    });
    return `jsondecode(${version.fqn}.secret_string)`;
  }
}

/**
 * The configuration of a cluster on AWS, as the text of `cdk.tf.json`. The same inputs always give the same text, and no
 * secret is in it. Throws {@link ClusterInputsError} with every problem of the inputs.
 */
export function synthesiseCluster(inputs: ClusterInputs): string {
  checkClusterInputs(inputs);
  return stackText((app) => new ClusterStack(app, inputs));
}
