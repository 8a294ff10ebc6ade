import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones/index.js';
import { Eip } from '@cdktf/provider-aws/lib/eip/index.js';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway/index.js';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js';
import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js';
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type ServiceInputs } from './service-inputs.js';

const WORLD = '0.0.0.0/0';
/** A /16 is cut into /24; each layer begins at a multiple of this, so that a zone may be added later. */
const LAYER_STEP = 16;
const LAYERS = ['public', 'private', 'database'] as const;
type Layer = (typeof LAYERS)[number];

/**
 * Three layers over several zones: what the world reaches, what only reaches the world, and the database, which does
 * neither.
 */
export class Network extends Construct {
  readonly vpc: Vpc;
  readonly subnets: Record<Layer, Subnet[]>;
  /** One for each private subnet. */
  readonly privateTables: RouteTable[];
  /** A container that starts before these has no way out. */
  readonly waysOut: Route[];

  constructor(
    scope: Construct,
    private readonly inputs: ServiceInputs,
  ) {
    super(scope, 'network');
    const { cidr, hasNatPerZone } = inputs.network;
    this.vpc = addressed('service', (id) => {
      return new Vpc(this, id, {
        cidrBlock: cidr,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: this.name(''),
      });
    });
    const zones = addressed('available', (id) => {
      return new DataAwsAvailabilityZones(this, id, {
        state: 'available',
        filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
      });
    });
    this.subnets = {
      public: this.layer('public', zones),
      private: this.layer('private', zones),
      database: this.layer('database', zones),
    };
    const gateway = addressed('service', () => {
      return new InternetGateway(this, 'internet-gateway', { vpcId: this.vpc.id, tags: this.name('') });
    });
    const publicTable = this.table('public');
    this.route('public', publicTable, { gatewayId: gateway.id });
    for (const [index, subnet] of this.subnets.public.entries()) this.associate(`public-${index}`, subnet, publicTable);
    const nats = this.subnets.public
      .slice(0, hasNatPerZone ? undefined : 1)
      .map((subnet, index) => this.natGateway(index, subnet, gateway).id);
    this.privateTables = this.subnets.private.map((subnet, index) => {
      const table = this.table(`private-${index}`);
      this.associate(`private-${index}`, subnet, table);
      return table;
    });
    this.waysOut = this.privateTables.flatMap((table, index) => {
      const natGatewayId = nats[index] ?? nats[0];
      return natGatewayId === undefined ? [] : [this.route(`private-${index}`, table, { natGatewayId })];
    });
    const databaseTable = this.table('database');
    for (const [index, subnet] of this.subnets.database.entries())
      this.associate(`database-${index}`, subnet, databaseTable);
  }

  private layer(layer: Layer, zones: DataAwsAvailabilityZones): Subnet[] {
    const first = LAYERS.indexOf(layer) * LAYER_STEP;
    return Array.from({ length: this.inputs.network.zones }, (_, index) =>
      addressed(`${layer}-${index}`, (id) => {
        return new Subnet(this, id, {
          vpcId: this.vpc.id,
          cidrBlock: Fn.cidrsubnet(this.inputs.network.cidr, 8, first + index),
          availabilityZone: `\${${zones.fqn}.names[${index}]}`,
          mapPublicIpOnLaunch: false,
          tags: this.name(`-${id}`),
        });
      }),
    );
  }

  private natGateway(index: number, subnet: Subnet, gateway: InternetGateway): NatGateway {
    const address = addressed(`nat-${index}`, (id) => {
      return new Eip(this, `${id}-address`, { domain: 'vpc', tags: this.name(`-${id}`), dependsOn: [gateway] });
    });
    return addressed(`nat-${index}`, (id) => {
      return new NatGateway(this, id, {
        allocationId: address.id,
        subnetId: subnet.id,
        tags: this.name(`-${id}`),
        dependsOn: [gateway],
      });
    });
  }

  private table(name: string): RouteTable {
    return addressed(name, (id) => {
      return new RouteTable(this, `${id}-table`, { vpcId: this.vpc.id, tags: this.name(`-${id}`) });
    });
  }

  private route(name: string, table: RouteTable, to: { gatewayId: string } | { natGatewayId: string }): Route {
    return addressed(name, (id) => {
      return new Route(this, `${id}-route`, { routeTableId: table.id, destinationCidrBlock: WORLD, ...to });
    });
  }

  private associate(name: string, subnet: Subnet, table: RouteTable): void {
    addressed(name, (id) => {
      return new RouteTableAssociation(this, `${id}-association`, { subnetId: subnet.id, routeTableId: table.id });
    });
  }

  private name(suffix: string): { Name: string } {
    return { Name: `${this.inputs.names.cluster}${suffix}` };
  }
}
