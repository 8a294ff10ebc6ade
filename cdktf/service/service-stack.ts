import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { type App, TerraformOutput, TerraformStack } from 'cdktf';
import { keepStateIn, requireTerraform, type StateBucket } from '../stack-parts.js';
import { stackText } from '../stack-text.js';
import { Account } from './account.js';
import { Alarms } from './alarms.js';
import { Buckets } from './buckets.js';
import { ContainerRoles } from './container-roles.js';
import { Database } from './database.js';
import { Ecs } from './ecs.js';
import { Edge } from './edge.js';
import { Encryption } from './encryption.js';
import { Endpoints } from './endpoints.js';
import { Firewall } from './firewall.js';
import { Logs } from './logs.js';
import { MachineBoundary } from './machine-boundary.js';
import { Network } from './network.js';
import { ProvisionerRole } from './provisioner-role.js';
import { RequestFilter } from './request-filter.js';
import { Secrets } from './secrets.js';
import { hostNameOf, type ServiceInputs } from './service-inputs.js';
import { serviceTags } from './service-tags.js';
import { Tasks } from './tasks.js';

/** Write-only arguments, which keep the database's password out of the state, came with this version. */
const REQUIRED_TERRAFORM = '>= 1.11.0';

/** This service's own deployment for one domain. */
class ServiceStack extends TerraformStack {
  constructor(app: App, inputs: ServiceInputs) {
    super(app, 'service');
    requireTerraform(this, REQUIRED_TERRAFORM);
    keepStateIn(this, statePlace(inputs));
    new AwsProvider(this, 'aws', { region: inputs.region, defaultTags: [{ tags: serviceTags(inputs) }] });
    const account = new Account(this, inputs.region);
    const encryption = new Encryption(this, inputs, account);
    const network = new Network(this, inputs);
    const firewall = new Firewall(this, inputs, network);
    new Endpoints(this, inputs, network, firewall);
    const logs = new Logs(this, inputs, encryption, account, network);
    const secrets = new Secrets(this, inputs);
    const buckets = new Buckets(this, inputs, account);
    const database = new Database(this, inputs, { account, network, firewall, encryption });
    const roles = new ContainerRoles(this, inputs, { account, buckets, encryption, logs, secrets });
    const boundary = new MachineBoundary(this, inputs, account);
    const provisioner = new ProvisionerRole(this, inputs, account, boundary, roles.worker);
    const edge = new Edge(this, inputs, { network, firewall, buckets });
    new RequestFilter(this, inputs, edge);
    const tasks = new Tasks(this, inputs, { roles, provisioner, boundary, database, secrets, logs });
    const ecs = new Ecs(this, inputs, { network, firewall, encryption, logs, edge, tasks });
    new Alarms(this, inputs, { database, ecs, edge, encryption });
    this.tell({
      url: `https://${hostNameOf(inputs)}`,
      load_balancer: edge.loadBalancer.dnsName,
      ecs_cluster: ecs.cluster.name,
      ecs_web_service: ecs.web.name,
      ecs_worker_service: ecs.worker.name,
      web_task_family: tasks.web.family,
      web_log_group: logs.web.name,
      worker_log_group: logs.worker.name,
      sessions_log_group: logs.sessions.name,
      database_address: database.instance.address,
      database_final_snapshot: database.instance.finalSnapshotIdentifier,
      artifacts_bucket: buckets.artifacts.bucket,
      provisioner_role: provisioner.role.arn,
      machine_boundary: boundary.policy.arn,
    });
  }

  private tell(outputs: Record<string, string>): void {
    for (const [name, value] of Object.entries(outputs)) new TerraformOutput(this, name, { value, staticId: true });
  }
}

function statePlace({ stateBucket: bucket, domain, region }: ServiceInputs): StateBucket | null {
  return bucket === null ? null : { bucket, region, key: `ps-server/${domain}/service.tfstate` };
}

/** The configuration of one domain's deployment as the text of `cdk.tf.json`; no secret is in it. */
export function synthesiseService(inputs: ServiceInputs): string {
  return stackText((app) => new ServiceStack(app, inputs));
}
