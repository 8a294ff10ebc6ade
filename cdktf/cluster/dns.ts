import { DataAwsRoute53Zone } from '@cdktf/provider-aws/lib/data-aws-route53-zone/index.js';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type ClusterInputs } from './cluster-inputs.js';
import { type LoadBalancer } from './ilb.js';

const TTL_SECONDS = 300;

/** `<cluster>.<domain>`, the address of the load balancer. */
export class Dns extends Construct {
  constructor(scope: Construct, { installation, clusterName }: ClusterInputs, ilb: LoadBalancer) {
    super(scope, 'dns');
    const zone = addressed('selected', (id) => new DataAwsRoute53Zone(this, id, { name: installation.domain }));
    addressed('org', (id) => {
      return new Route53Record(this, id, {
        zoneId: zone.zoneId,
        name: `${clusterName}.${installation.domain}`,
        type: 'A',
        ttl: TTL_SECONDS,
        records: [ilb.instance.publicIp],
        // A record may be left of a cluster that was lost.
        allowOverwrite: true,
      });
    });
  }
}
