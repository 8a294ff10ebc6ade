import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type ServiceInputs } from './service-inputs.js';
import { type Network } from './network.js';

/** Port the containers listen on. */
export const SERVICE_PORT = 8000;
export const DATABASE_PORT = 5432;
const HTTP = 80;
const HTTPS = 443;
const WORLD = '0.0.0.0/0';

const GROUPS = {
  'load-balancer': 'what the world reaches',
  web: 'containers that answer requests',
  worker: 'containers that build clusters',
  database: 'Postgres',
  endpoints: 'AWS services inside of the network',
} as const;
export type GroupName = keyof typeof GROUPS;

/** Who may talk to whom, as one rule each: nothing else may. */
export class Firewall extends Construct {
  readonly groups: Record<GroupName, SecurityGroup>;

  constructor(
    scope: Construct,
    private readonly inputs: ServiceInputs,
    private readonly network: Network,
  ) {
    super(scope, 'firewall');
    this.groups = {
      'load-balancer': this.group('load-balancer'),
      web: this.group('web'),
      worker: this.group('worker'),
      database: this.group('database'),
      endpoints: this.group('endpoints'),
    };
    this.admitWorld('load-balancer', HTTP);
    this.admitWorld('load-balancer', HTTPS);
    this.connect('load-balancer', 'web', SERVICE_PORT);
    for (const role of ['web', 'worker'] as const) {
      this.connect(role, 'database', DATABASE_PORT);
      this.connect(role, 'endpoints', HTTPS);
      this.letOut(role, HTTPS);
    }
  }

  private group(name: GroupName): SecurityGroup {
    return addressed(name, (id) => {
      const fullName = `${this.inputs.names.cluster}-${id}`;
      return new SecurityGroup(this, id, {
        name: fullName,
        description: `ps-server: ${GROUPS[name]}`,
        vpcId: this.network.vpc.id,
        tags: { Name: fullName },
      });
    });
  }

  private connect(from: GroupName, to: GroupName, port: number): void {
    const ports = { ipProtocol: 'tcp', fromPort: port, toPort: port };
    addressed(`${to}-from-${from}`, (id) => {
      const ends = { securityGroupId: this.groups[to].id, referencedSecurityGroupId: this.groups[from].id };
      return new VpcSecurityGroupIngressRule(this, id, { ...ends, ...ports });
    });
    addressed(`${from}-to-${to}`, (id) => {
      const ends = { securityGroupId: this.groups[from].id, referencedSecurityGroupId: this.groups[to].id };
      return new VpcSecurityGroupEgressRule(this, id, { ...ends, ...ports });
    });
  }

  private admitWorld(group: GroupName, port: number): void {
    addressed(`${group}-from-world-${port}`, (id) => {
      const range = { ipProtocol: 'tcp', fromPort: port, toPort: port, cidrIpv4: WORLD };
      return new VpcSecurityGroupIngressRule(this, id, { securityGroupId: this.groups[group].id, ...range });
    });
  }

  private letOut(group: GroupName, port: number): void {
    addressed(`${group}-to-world-${port}`, (id) => {
      const range = { ipProtocol: 'tcp', fromPort: port, toPort: port, cidrIpv4: WORLD };
      return new VpcSecurityGroupEgressRule(this, id, { securityGroupId: this.groups[group].id, ...range });
    });
  }
}
