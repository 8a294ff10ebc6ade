import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type Account } from './account.js';
import { type Encryption } from './encryption.js';
import { type Network } from './network.js';
import { assumedBy, policy } from './policy.js';
import { type ServiceInputs } from './service-inputs.js';

/** Log groups that exist before anything writes to them, so that nothing makes one that keeps its lines for ever. */
export class Logs extends Construct {
  readonly web: CloudwatchLogGroup;
  readonly worker: CloudwatchLogGroup;
  /** What was typed and shown in sessions in containers. */
  readonly sessions: CloudwatchLogGroup;

  constructor(
    scope: Construct,
    private readonly inputs: ServiceInputs,
    private readonly encryption: Encryption,
    account: Account,
    network: Network,
  ) {
    super(scope, 'logs');
    const { retentionDays, auditRetentionDays } = inputs.logs;
    this.web = this.group(inputs.names.web, retentionDays);
    this.worker = this.group(inputs.names.worker, retentionDays);
    this.sessions = this.group('sessions', auditRetentionDays);
    this.logTraffic(this.group('traffic', retentionDays), account, network);
  }

  private group(name: string, retentionInDays: number): CloudwatchLogGroup {
    return addressed(name, (id) => {
      const fullName = `/${this.inputs.names.cluster}/${name}`;
      return new CloudwatchLogGroup(this, id, { name: fullName, retentionInDays, kmsKeyId: this.encryption.key.arn });
    });
  }

  private logTraffic(group: CloudwatchLogGroup, account: Account, network: Network): void {
    const role = addressed('traffic', () => {
      return new IamRole(this, 'traffic-role', {
        name: `${this.inputs.names.cluster}-traffic-log`,
        assumeRolePolicy: assumedBy('vpc-flow-logs.amazonaws.com', account.id),
      });
    });
    addressed('traffic', () => {
      return new IamRolePolicy(this, 'traffic-policy', {
        name: 'write',
        role: role.id,
        policy: policy({
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
          Resource: `${group.arn}:*`,
        }),
      });
    });
    addressed('traffic', () => {
      return new FlowLog(this, 'traffic-log', {
        vpcId: network.vpc.id,
        trafficType: 'ALL',
        logDestination: group.arn,
        iamRoleArn: role.arn,
        maxAggregationInterval: 600,
      });
    });
  }
}
