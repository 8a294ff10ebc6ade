import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type Database } from './database.js';
import { type Ecs } from './ecs.js';
import { type Edge } from './edge.js';
import { type Encryption } from './encryption.js';
import { type ServiceInputs } from './service-inputs.js';

const GIB = 1024 ** 3;
const PERIOD_SECONDS = 300;

interface Watch {
  namespace: string;
  metric: string;
  dimensions: Record<string, string>;
  statistic: 'Average' | 'Sum' | 'Minimum' | 'Maximum';
  is: 'GreaterThanThreshold' | 'LessThanThreshold';
  than: number;
  /** Of five minutes each. */
  periods: number;
  /** What silence means. */
  silence: 'breaching' | 'notBreaching';
  meaning: string;
}

interface Around {
  database: Database;
  ecs: Ecs;
  edge: Edge;
  encryption: Encryption;
}

/** What somebody has to know at night. */
export class Alarms extends Construct {
  constructor(scope: Construct, inputs: ServiceInputs, around: Around) {
    super(scope, 'alarms');
    const { alarmEmail, names } = inputs;
    const topic = addressed('alarms', (id) => {
      return new SnsTopic(this, id, { name: `${names.cluster}-${id}`, kmsMasterKeyId: around.encryption.key.arn });
    });
    if (alarmEmail !== undefined) {
      addressed('alarms', () => {
        const mail = { topicArn: topic.arn, protocol: 'email', endpoint: alarmEmail };
        return new SnsTopicSubscription(this, 'alarms-by-mail', mail);
      });
    }
    for (const [name, watch] of Object.entries({ ...answering(inputs, around), ...storing(inputs, around) })) {
      addressed(name, (id) => {
        return new CloudwatchMetricAlarm(this, id, {
          alarmName: `${names.cluster}-${id}`,
          alarmDescription: watch.meaning,
          namespace: watch.namespace,
          metricName: watch.metric,
          dimensions: watch.dimensions,
          statistic: watch.statistic,
          comparisonOperator: watch.is,
          threshold: watch.than,
          period: PERIOD_SECONDS,
          evaluationPeriods: watch.periods,
          treatMissingData: watch.silence,
          alarmActions: [topic.arn],
          okActions: [topic.arn],
        });
      });
    }
  }
}

function answering({ worker }: ServiceInputs, { ecs, edge }: Around): Record<string, Watch> {
  const targets = { LoadBalancer: edge.loadBalancer.arnSuffix, TargetGroup: edge.targets.arnSuffix };
  return {
    'no-web': {
      namespace: 'AWS/ApplicationELB',
      metric: 'HealthyHostCount',
      dimensions: targets,
      statistic: 'Minimum',
      is: 'LessThanThreshold',
      than: 1,
      periods: 1,
      silence: 'breaching',
      meaning: 'No container answers requests',
    },
    'web-errors': {
      namespace: 'AWS/ApplicationELB',
      metric: 'HTTPCode_Target_5XX_Count',
      dimensions: targets,
      statistic: 'Sum',
      is: 'GreaterThanThreshold',
      than: 25,
      periods: 2,
      silence: 'notBreaching',
      meaning: 'Requests are answered with server errors',
    },
    'no-worker': {
      namespace: 'ECS/ContainerInsights',
      metric: 'RunningTaskCount',
      dimensions: { ClusterName: ecs.cluster.name, ServiceName: ecs.worker.name },
      statistic: 'Minimum',
      is: 'LessThanThreshold',
      than: Math.min(1, worker.count),
      periods: 2,
      silence: 'breaching',
      meaning: 'No worker runs: clusters are neither built nor taken down',
    },
  };
}

function storing({ database: settings }: ServiceInputs, { database }: Around): Record<string, Watch> {
  const instance = { DBInstanceIdentifier: database.instance.identifier };
  return {
    'database-disk': {
      namespace: 'AWS/RDS',
      metric: 'FreeStorageSpace',
      dimensions: instance,
      statistic: 'Minimum',
      is: 'LessThanThreshold',
      than: Math.min(5, settings.storageGb / 4) * GIB,
      periods: 1,
      silence: 'breaching',
      meaning: 'The database runs out of disk',
    },
    'database-cpu': {
      namespace: 'AWS/RDS',
      metric: 'CPUUtilization',
      dimensions: instance,
      statistic: 'Average',
      is: 'GreaterThanThreshold',
      than: 85,
      periods: 3,
      silence: 'notBreaching',
      meaning: 'The database is overloaded',
    },
  };
}
