import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy/index.js';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target/index.js';
import { EcsClusterCapacityProviders } from '@cdktf/provider-aws/lib/ecs-cluster-capacity-providers/index.js';
import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster/index.js';
import { EcsService, type EcsServiceConfig } from '@cdktf/provider-aws/lib/ecs-service/index.js';
import { type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type Edge } from './edge.js';
import { type Encryption } from './encryption.js';
import { type Firewall, type GroupName, SERVICE_PORT } from './firewall.js';
import { type Logs } from './logs.js';
import { type Network } from './network.js';
import { type ServiceInputs } from './service-inputs.js';
import { type Tasks } from './tasks.js';

/** Longer than waiting for another container's migrations, and then migrating. */
const GRACE_SECONDS = 420;
const AIMED_CPU_PERCENT = 60;
const AIMED_REQUESTS_PER_TASK = 1_000;

interface Around {
  network: Network;
  firewall: Firewall;
  encryption: Encryption;
  logs: Logs;
  edge: Edge;
  tasks: Tasks;
}

/** The cluster of containers, and the two services in it. */
export class Ecs extends Construct {
  readonly cluster: EcsCluster;
  readonly web: EcsService;
  readonly worker: EcsService;

  constructor(
    scope: Construct,
    private readonly inputs: ServiceInputs,
    private readonly around: Around,
  ) {
    super(scope, 'ecs');
    this.cluster = this.makeCluster();
    const { names, web, worker } = inputs;
    const { edge, tasks } = around;
    this.web = this.service(names.web, 'web', {
      taskDefinition: tasks.web.arn,
      desiredCount: web.count.min,
      healthCheckGracePeriodSeconds: GRACE_SECONDS,
      loadBalancer: [{ targetGroupArn: edge.targets.arn, containerName: names.web, containerPort: SERVICE_PORT }],
      dependsOn: [edge.listener],
      // The autoscaling below decides.
      lifecycle: { ignoreChanges: ['desired_count'] },
    });
    this.worker = this.service(names.worker, 'worker', {
      taskDefinition: tasks.worker.arn,
      desiredCount: worker.count,
    });
    this.scaleWeb();
  }

  private makeCluster(): EcsCluster {
    const { encryption, logs } = this.around;
    const cluster = addressed('service', () => {
      return new EcsCluster(this, 'cluster', {
        name: this.inputs.names.cluster,
        setting: [{ name: 'containerInsights', value: 'enabled' }],
        configuration: {
          executeCommandConfiguration: {
            kmsKeyId: encryption.key.arn,
            logging: 'OVERRIDE',
            logConfiguration: { cloudWatchEncryptionEnabled: true, cloudWatchLogGroupName: logs.sessions.name },
          },
        },
      });
    });
    addressed('service', () => {
      return new EcsClusterCapacityProviders(this, 'capacity-providers', {
        clusterName: cluster.name,
        capacityProviders: ['FARGATE'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      });
    });
    return cluster;
  }

  private service(name: string, group: GroupName, specifics: Partial<EcsServiceConfig>): EcsService {
    const { network, firewall } = this.around;
    const { dependsOn = [], ...others } = specifics;
    const needs: ITerraformDependable[] = [...network.waysOut, ...dependsOn];
    return addressed(name, (id) => {
      return new EcsService(this, id, {
        name,
        cluster: this.cluster.id,
        launchType: 'FARGATE',
        platformVersion: 'LATEST',
        enableExecuteCommand: true,
        enableEcsManagedTags: true,
        propagateTags: 'SERVICE',
        availabilityZoneRebalancing: 'ENABLED',
        deploymentMinimumHealthyPercent: 100,
        deploymentMaximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        waitForSteadyState: true,
        networkConfiguration: {
          subnets: network.subnets.private.map((subnet) => subnet.id),
          securityGroups: [firewall.groups[group].id],
          assignPublicIp: false,
        },
        ...others,
        dependsOn: needs,
      });
    });
  }

  private scaleWeb(): void {
    const { names, web } = this.inputs;
    const { edge } = this.around;
    const target = addressed(names.web, () => {
      return new AppautoscalingTarget(this, 'web-target', {
        serviceNamespace: 'ecs',
        scalableDimension: 'ecs:service:DesiredCount',
        resourceId: `service/${this.cluster.name}/${this.web.name}`,
        minCapacity: web.count.min,
        maxCapacity: web.count.max,
      });
    });
    const goals = {
      cpu: { type: 'ECSServiceAverageCPUUtilization', value: AIMED_CPU_PERCENT, label: undefined },
      requests: {
        type: 'ALBRequestCountPerTarget',
        value: AIMED_REQUESTS_PER_TASK,
        label: `${edge.loadBalancer.arnSuffix}/${edge.targets.arnSuffix}`,
      },
    };
    for (const [goal, { type, value, label }] of Object.entries(goals)) {
      addressed(`${names.web}-${goal}`, (id) => {
        return new AppautoscalingPolicy(this, id, {
          name: id,
          policyType: 'TargetTrackingScaling',
          serviceNamespace: target.serviceNamespace,
          scalableDimension: target.scalableDimension,
          resourceId: target.resourceId,
          targetTrackingScalingPolicyConfiguration: {
            targetValue: value,
            predefinedMetricSpecification: { predefinedMetricType: type, resourceLabel: label },
          },
        });
      });
    }
  }
}
