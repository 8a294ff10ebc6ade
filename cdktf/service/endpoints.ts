import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type Firewall } from './firewall.js';
import { type Network } from './network.js';
import { type ServiceInputs } from './service-inputs.js';

/** Ways to AWS services that do not lead over the internet. */
export class Endpoints extends Construct {
  constructor(
    scope: Construct,
    { names, network: settings, region }: ServiceInputs,
    network: Network,
    firewall: Firewall,
  ) {
    super(scope, 'endpoints');
    addressed('s3', (id) => {
      return new VpcEndpoint(this, id, {
        vpcId: network.vpc.id,
        serviceName: `com.amazonaws.${region}.s3`,
        vpcEndpointType: 'Gateway',
        routeTableIds: network.privateTables.map((table) => table.id),
        tags: { Name: `${names.cluster}-s3` },
      });
    });
    for (const service of settings.interfaceEndpoints) {
      addressed(service.replaceAll('.', '-'), (id) => {
        return new VpcEndpoint(this, id, {
          vpcId: network.vpc.id,
          serviceName: `com.amazonaws.${region}.${service}`,
          vpcEndpointType: 'Interface',
          privateDnsEnabled: true,
          subnetIds: network.subnets.private.map((subnet) => subnet.id),
          securityGroupIds: [firewall.groups.endpoints.id],
          tags: { Name: `${names.cluster}-${id}` },
        });
      });
    }
  }
}
