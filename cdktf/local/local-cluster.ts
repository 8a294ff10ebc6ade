import { createHash } from 'node:crypto';
import { type App, DataResource, TerraformStack } from 'cdktf';
import { HANDSHAKE } from '../cluster-outputs.js';
import { addClusterOutputs, prepareStack } from '../cluster-stack-parts.js';
import { stackText } from '../stack-text.js';
import { type LocalClusterInputs } from './local-cluster-inputs.js';

/**
 * A cluster with the resources and outputs of a real one, made of Terraform's built-in `terraform_data`: the whole
 * machinery runs for real, and nothing has to be downloaded or paid.
 */
class LocalClusterStack extends TerraformStack {
  constructor(app: App, inputs: LocalClusterInputs) {
    super(app, 'local-cluster');
    prepareStack(this);
    const settings = { version: inputs.clusterVersion, is_public: String(inputs.isPublic) };
    const ilb = new DataResource(this, 'ilb', {
      input: { ...settings, ip_address: loopbackAddress(inputs.organizationName) },
    });
    const monitor = new DataResource(this, 'monitor', { input: settings });
    const manager = new DataResource(this, 'manager', { input: settings });
    if (inputs.nodes > 0) this.addNodes(inputs, [ilb, monitor, manager]);
    addClusterOutputs(this, {
      ilb_ip_address: `\${${ilb.fqn}.output.ip_address}`,
      ilb_state: 'running',
      ilb_id: ilb.id,
      monitor_state: 'running',
      monitor_id: monitor.id,
      prov_sys_handshake: HANDSHAKE,
      cluster_name: inputs.organizationName,
    });
  }

  /**
   * After the machines they talk to, as in a real cluster. Beside them, the end of one of those would store nodes that
   * are still coming up as complete, and a Terraform that is killed then would never be asked to finish them.
   */
  private addNodes({ nodes, delaySeconds }: LocalClusterInputs, machines: DataResource[]): void {
    new DataResource(this, 'node', {
      count: nodes,
      dependsOn: machines,
      ...(delaySeconds > 0 ? { provisioners: [{ type: 'local-exec', command: `sleep ${delaySeconds}` }] } : {}),
    });
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
