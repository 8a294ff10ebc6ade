import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation/index.js';
import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate/index.js';
import { DataAwsRoute53Zone } from '@cdktf/provider-aws/lib/data-aws-route53-zone/index.js';
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener/index.js';
import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group/index.js';
import { Lb } from '@cdktf/provider-aws/lib/lb/index.js';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type Buckets } from './buckets.js';
import { type Firewall, SERVICE_PORT } from './firewall.js';
import { type Network } from './network.js';
import { hostNameOf, type ServiceInputs } from './service-inputs.js';

const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';
/** Event streams of runs stay open; the service sends something more often than this. */
const IDLE_SECONDS = 120;
const VALIDATION_TTL = 60;

/** The way in: a name with a certificate of its own, and a load balancer that only passes on what is sane. */
export class Edge extends Construct {
  readonly loadBalancer: Lb;
  readonly targets: LbTargetGroup;
  /** A service can register its containers only after this. */
  readonly listener: LbListener;
  private readonly zone: DataAwsRoute53Zone;

  constructor(
    scope: Construct,
    private readonly inputs: ServiceInputs,
    around: { network: Network; firewall: Firewall; buckets: Buckets },
  ) {
    super(scope, 'edge');
    const { names, database } = inputs;
    const { network, firewall, buckets } = around;
    this.zone = addressed(
      'domain',
      (id) => new DataAwsRoute53Zone(this, id, { name: inputs.domain, privateZone: false }),
    );
    const certificate = this.certificate();
    this.loadBalancer = addressed('service', () => {
      return new Lb(this, 'load-balancer', {
        name: names.cluster,
        loadBalancerType: 'application',
        internal: false,
        subnets: network.subnets.public.map((subnet) => subnet.id),
        securityGroups: [firewall.groups['load-balancer'].id],
        enableDeletionProtection: database.isProtected,
        dropInvalidHeaderFields: true,
        idleTimeout: IDLE_SECONDS,
        accessLogs: { bucket: buckets.accessLogs.bucket, enabled: true },
        dependsOn: [buckets.accessLogPolicy],
      });
    });
    this.targets = addressed(names.web, () => {
      return new LbTargetGroup(this, 'targets', {
        name: `${names.cluster}-web`,
        vpcId: network.vpc.id,
        targetType: 'ip',
        port: SERVICE_PORT,
        protocol: 'HTTP',
        deregistrationDelay: '30',
        healthCheck: {
          path: '/health/ready',
          matcher: '200',
          interval: 10,
          timeout: 5,
          healthyThreshold: 2,
          unhealthyThreshold: 3,
        },
      });
    });
    this.redirectToTls();
    this.listener = addressed('https', (id) => {
      return new LbListener(this, id, {
        loadBalancerArn: this.loadBalancer.arn,
        port: 443,
        protocol: 'HTTPS',
        sslPolicy: TLS_POLICY,
        certificateArn: certificate.certificateArn,
        defaultAction: [{ type: 'forward', targetGroupArn: this.targets.arn }],
      });
    });
    this.name();
  }

  /** One that this deployment orders and proves itself: no step by hand, and nothing that runs out unnoticed. */
  private certificate(): AcmCertificateValidation {
    const certificate = addressed('service', () => {
      return new AcmCertificate(this, 'certificate', {
        domainName: hostNameOf(this.inputs),
        subjectAlternativeNames: [hostNameOf(this.inputs)],
        validationMethod: 'DNS',
        lifecycle: { createBeforeDestroy: true },
      });
    });
    const proof = (attribute: string): string =>
      `\${tolist(${certificate.fqn}.domain_validation_options)[0].${attribute}}`;
    const record = addressed('certificate', () => {
      return new Route53Record(this, 'certificate-record', {
        zoneId: this.zone.zoneId,
        name: proof('resource_record_name'),
        type: proof('resource_record_type'),
        records: [proof('resource_record_value')],
        ttl: VALIDATION_TTL,
        allowOverwrite: true,
      });
    });
    return addressed('service', () => {
      const validationRecordFqdns = [record.fqdn];
      return new AcmCertificateValidation(this, 'validation', {
        certificateArn: certificate.arn,
        validationRecordFqdns,
      });
    });
  }

  private redirectToTls(): void {
    addressed('http', (id) => {
      return new LbListener(this, id, {
        loadBalancerArn: this.loadBalancer.arn,
        port: 80,
        protocol: 'HTTP',
        defaultAction: [{ type: 'redirect', redirect: { port: '443', protocol: 'HTTPS', statusCode: 'HTTP_301' } }],
      });
    });
  }

  private name(): void {
    addressed('service', () => {
      return new Route53Record(this, 'service-record', {
        zoneId: this.zone.zoneId,
        name: hostNameOf(this.inputs),
        type: 'A',
        allowOverwrite: true,
        alias: { name: this.loadBalancer.dnsName, zoneId: this.loadBalancer.zoneId, evaluateTargetHealth: true },
      });
    });
  }
}
