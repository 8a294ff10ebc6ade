import { createHash } from 'node:crypto';
import { type App, DataResource, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';
import { stackText } from '../stack-text.js';
import { type ClusterOutputs, type LocalClusterInputs } from './local-cluster-inputs.js';

/** Proves to readers of a state that it is one of our clusters. */
const HANDSHAKE = 'sliderule';
/** OpenTofu counts by its own versions, so the lower of the two the service needs. */
const REQUIRED_TERRAFORM = '>= 1.7.0';

/**
 * A cluster with the resources and outputs of a real one, made of Terraform's built-in `terraform_data`: the whole
 * machinery runs for real, and nothing has to be downloaded or paid.
 */
class LocalClusterStack extends TerraformStack {
  constructor(app: App, inputs: LocalClusterInputs) {
    super(app, 'local-cluster');
    new LocalBackend(this, { path: 'terraform.tfstate' });
    this.addOverride('terraform.required_version', REQUIRED_TERRAFORM);
    const settings = { version: inputs.clusterVersion, is_public: String(inputs.isPublic) };
    const ilb = new DataResource(this, 'ilb', {
      input: { ...settings, ip_address: loopbackAddress(inputs.organizationName) },
    });
    const monitor = new DataResource(this, 'monitor', { input: settings });
    new DataResource(this, 'manager', { input: settings });
    if (inputs.nodes > 0) this.addNodes(inputs);
    this.addOutputs({
      ilb_ip_address: `\${${ilb.fqn}.output.ip_address}`,
      ilb_state: 'running',
      ilb_id: ilb.id,
      monitor_state: 'running',
      monitor_id: monitor.id,
      prov_sys_handshake: HANDSHAKE,
      cluster_name: inputs.organizationName,
    });
  }

  private addNodes({ nodes, delaySeconds }: LocalClusterInputs): void {
    new DataResource(this, 'node', {
      count: nodes,
      ...(delaySeconds > 0 ? { provisioners: [{ type: 'local-exec', command: `sleep ${delaySeconds}` }] } : {}),
    });
  }

  private addOutputs(outputs: ClusterOutputs): void {
    for (const [name, value] of Object.entries(outputs))
      new TerraformOutput(this, name, { value: value as string, staticId: true });
  }
}

/** The configuration of a local cluster, as the text of `cdk.tf.json`. The same inputs always give the same text. */
export function synthesiseLocalCluster(inputs: LocalClusterInputs): string {
  return stackText((app) => new LocalClusterStack(app, inputs));
}

/** A loopback address of the organization's own, stable over deployments. */
function loopbackAddress(organizationName: string): string {
  const [a = 0, b = 0, c = 0] = createHash('sha256').update(organizationName).digest();
  return `127.${a}.${b}.${1 + (c % 254)}`;
}
