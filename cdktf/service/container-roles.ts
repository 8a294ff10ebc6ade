import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type Account } from './account.js';
import { type Buckets } from './buckets.js';
import { type Encryption } from './encryption.js';
import { type Logs } from './logs.js';
import { assumedBy, policy, type Statement } from './policy.js';
import { type Secrets } from './secrets.js';
import { type ServiceInputs } from './service-inputs.js';

const ECS_TASKS = 'ecs-tasks.amazonaws.com';

interface Around {
  account: Account;
  buckets: Buckets;
  encryption: Encryption;
  logs: Logs;
  secrets: Secrets;
}

/** What ECS may do to start a container, and what the service may do in it; each gets no more than it needs. */
export class ContainerRoles extends Construct {
  /** Of ECS itself: pulls the image, reads the secrets, writes the log. */
  readonly execution: IamRole;
  readonly web: IamRole;
  /** Builds nothing itself: it takes on the role of the provisioner. */
  readonly worker: IamRole;

  constructor(
    scope: Construct,
    private readonly inputs: ServiceInputs,
    private readonly around: Around,
  ) {
    super(scope, 'container-roles');
    this.execution = this.role('execution');
    this.readSecrets();
    this.web = this.role('web');
    this.grant('web', this.web, [...this.sessions(), this.mails()]);
    this.worker = this.role('worker');
    this.grant('worker', this.worker, [...this.sessions(), this.mails(), this.costs(), ...this.dumps()]);
  }

  private role(name: string): IamRole {
    return addressed(name, (id) => {
      return new IamRole(this, id, {
        name: `${this.inputs.names.cluster}-${id}`,
        assumeRolePolicy: assumedBy(ECS_TASKS, this.around.account.id),
      });
    });
  }

  private grant(name: string, role: IamRole, statements: Statement[]): void {
    addressed(name, (id) => {
      return new IamRolePolicy(this, `${id}-policy`, { name: 'service', role: role.id, policy: policy(...statements) });
    });
  }

  private readSecrets(): void {
    const { account, secrets } = this.around;
    addressed('execution', (id) => {
      const policyArn = account.managedPolicy('service-role/AmazonECSTaskExecutionRolePolicy');
      return new IamRolePolicyAttachment(this, `${id}-managed`, { role: this.execution.name, policyArn });
    });
    this.grant('execution-secrets', this.execution, [
      {
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: [secrets.service.arn, secrets.database.arn],
      },
    ]);
  }

  /** What ECS Exec needs in a container: its channel, and its protocol in the log. */
  private sessions(): Statement[] {
    const { encryption, logs } = this.around;
    return [
      {
        Sid: 'Sessions',
        Effect: 'Allow',
        Action: [
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        Resource: '*',
      },
      { Sid: 'SessionKey', Effect: 'Allow', Action: 'kms:Decrypt', Resource: encryption.key.arn },
      { Sid: 'FindLog', Effect: 'Allow', Action: 'logs:DescribeLogGroups', Resource: '*' },
      {
        Sid: 'SessionLog',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        Resource: `${logs.sessions.arn}:*`,
      },
    ];
  }

  private mails(): Statement {
    return {
      Sid: 'Mails',
      Effect: 'Allow',
      Action: ['ses:SendEmail', 'ses:SendRawEmail'],
      Resource: this.around.account.arn('ses', `identity/${this.inputs.domain}`),
    };
  }

  private costs(): Statement {
    return { Sid: 'Costs', Effect: 'Allow', Action: ['ce:GetCostAndUsage', 'ce:GetTags'], Resource: '*' };
  }

  private dumps(): Statement[] {
    const { artifacts } = this.around.buckets;
    return [
      { Sid: 'Dumps', Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `${artifacts.arn}/dumps/*` },
    ];
  }
}
