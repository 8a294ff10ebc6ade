import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js';
import { SecurityGroup, type SecurityGroupIngress } from '@cdktf/provider-aws/lib/security-group/index.js';
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js';
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type ClusterInputs } from './cluster-inputs.js';
import { type Role } from './machines.js';

const WORLD = '0.0.0.0/0';

interface OpenPort {
  port: number;
  from: 'vpc' | 'world';
}

/** 3100 logs, 8040 monitor, 8050 discovery, 9100 metrics of the machine, 8030 manager, 9081 nodes. */
const OPEN_PORTS: Record<Role, OpenPort[]> = {
  monitor: [vpc(3100), vpc(8040)],
  ilb: [{ port: 443, from: 'world' }, vpc(8050), vpc(9100)],
  manager: [vpc(8030)],
  node: [vpc(9081), vpc(9100)],
};
/** The nodes' group is named after the software they run. */
const GROUP_NAMES: Record<Role, string> = {
  monitor: 'monitor-sg',
  ilb: 'ilb-sg',
  manager: 'manager-sg',
  node: 'sliderule-sg',
};

/** One public subnet that fills the whole network, and a security group for each kind of machine. */
export class Network extends Construct {
  readonly subnet: Subnet;
  /** A machine that boots before this is there has no way out; one that outlives it keeps the gateway from going. */
  readonly wayOut: RouteTableAssociation;
  readonly securityGroups: Record<Role, SecurityGroup>;

  constructor(scope: Construct, inputs: ClusterInputs) {
    super(scope, 'network');
    const { vpcCidr } = inputs.installation;
    const name = (what: string): { Name: string } => ({ Name: `${inputs.organizationName}-${what}` });
    const network = addressed('sliderule-vpc', (id) => {
      return new Vpc(this, id, {
        cidrBlock: vpcCidr,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: name('vpc'),
      });
    });
    this.subnet = addressed('sliderule-subnet', (id) => {
      return new Subnet(this, id, {
        vpcId: network.id,
        cidrBlock: vpcCidr,
        mapPublicIpOnLaunch: true,
        availabilityZone: inputs.availabilityZone,
        tags: name('subnet'),
      });
    });
    const gateway = addressed('sliderule-gateway', (id) => {
      return new InternetGateway(this, id, { vpcId: network.id, tags: name('gateway') });
    });
    const route = addressed('sliderule-route', (id) => {
      const toGateway = { cidrBlock: WORLD, gatewayId: gateway.id };
      return new RouteTable(this, id, { vpcId: network.id, route: [toGateway], tags: name('route') });
    });
    this.wayOut = addressed('sliderule-route-association', (id) => {
      return new RouteTableAssociation(this, id, { subnetId: this.subnet.id, routeTableId: route.id });
    });
    const group = (role: Role): SecurityGroup => this.securityGroup(role, network, inputs);
    this.securityGroups = {
      monitor: group('monitor'),
      ilb: group('ilb'),
      manager: group('manager'),
      node: group('node'),
    };
  }

  private securityGroup(role: Role, network: Vpc, { clusterName, installation }: ClusterInputs): SecurityGroup {
    return addressed(GROUP_NAMES[role], (id) => {
      const ingress = OPEN_PORTS[role].map(({ port, from }): SecurityGroupIngress => {
        const cidrBlocks = [from === 'world' ? WORLD : installation.vpcCidr];
        return { protocol: 'tcp', fromPort: port, toPort: port, cidrBlocks };
      });
      const egress = [{ protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: [WORLD] }];
      return new SecurityGroup(this, id, { name: `${clusterName}-${id}`, vpcId: network.id, ingress, egress });
    });
  }
}

function vpc(port: number): OpenPort {
  return { port, from: 'vpc' };
}
