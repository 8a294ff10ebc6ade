import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { goodSnapshot, KEY_ARN, TASK_ARN } from '../../../../test/support/exec-snapshot.js';
import { TestClock } from '../../../../test/support/test-clock.js';
import { type AwsClients } from '../../../aws/aws-clients.service.js';
import { CallerIdentityService } from '../../../aws/caller-identity.service.js';
import { PolicySimulatorService } from '../../../aws/policy-simulator.service.js';
import { report } from '../checks/all-checks.js';
import { type ExecSnapshot, type Input, valueOf } from '../snapshot.js';
import { type LocalFacts, SnapshotFetcher } from './snapshot-fetcher.js';

type Answers = Record<string, unknown>;

const SETTINGS = { region: 'us-west-2', credentials: { accessKeyId: 'x', secretAccessKey: 'y' } };
const awsError = (name: string): Error => Object.assign(new Error(`it says ${name}`), { name });
const good = goodSnapshot();
const ROLE_ARN = 'arn:aws:iam::123456789012:role/ps-web';

/** What AWS answers, by name of the command, so that the snapshot is the good one. */
function usualAnswers(): Answers {
  const network = valueOf(good.network)!;
  const task = { ...valueOf(good.task)!, taskDefinitionArn: 'ps-web:1', attachments: attachments() };
  return {
    GetCallerIdentity: { Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/ann' },
    DescribeClusters: { clusters: [valueOf(good.cluster)] },
    DescribeServices: { services: [valueOf(good.service)] },
    ListServiceDeployments: { serviceDeployments: [{ status: 'SUCCESSFUL' }] },
    ListTasks: { taskArns: [TASK_ARN] },
    DescribeTasks: { tasks: [task] },
    DescribeTaskDefinition: { taskDefinition: { ...valueOf(good.definition)!, taskRoleArn: ROLE_ARN } },
    DescribeSubnets: { Subnets: [network.subnet] },
    DescribeNetworkInterfaces: { NetworkInterfaces: [network.networkInterface] },
    DescribeRouteTables: { RouteTables: network.routeTables },
    DescribeVpcEndpoints: { VpcEndpoints: network.endpoints },
    DescribeSecurityGroups: { SecurityGroups: network.securityGroups },
    DescribeNetworkAcls: { NetworkAcls: network.networkAcls },
    GetRole: {
      Role: { Arn: ROLE_ARN, AssumeRolePolicyDocument: encodeURIComponent(valueOf(valueOf(good.role)!.trust)!) },
    },
    SimulatePrincipalPolicy: (input: { ActionNames: string[] }) => ({
      EvaluationResults: input.ActionNames.map((EvalActionName) => ({
        ...{ EvalActionName, EvalDecision: EvalActionName === 'ssm:StartSession' ? 'implicitDeny' : 'allowed' },
      })),
    }),
    DescribeKey: { KeyMetadata: { Arn: KEY_ARN, Enabled: true, KeyState: 'Enabled' } },
    GetKeyPolicy: { Policy: valueOf(good.key)!.policy },
    DescribeLogGroups: { logGroups: [{ logGroupName: '/ps/exec-other' }, valueOf(good.logGroup)] },
    GetBucketLocation: { LocationConstraint: 'us-west-2' },
    GetBucketEncryption: {
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
      },
    },
  };
}

/** The network is in the second one, as it may be. */
function attachments() {
  const detail = (name: string, value: string) => ({ name, value });
  return [
    { type: 'Service Connect', details: [] },
    {
      type: 'ElasticNetworkInterface',
      details: [detail('subnetId', 'subnet-1'), detail('networkInterfaceId', 'eni-1')],
    },
  ];
}

/** Clients of the SDK that ask nobody. */
class Aws {
  readonly answers = usualAnswers();
  readonly asked: { action: string; input: Record<string, unknown> }[] = [];
  readonly fetcher: SnapshotFetcher;

  constructor() {
    const client = <Client extends { send: unknown }>(made: Client) => {
      made.send = (command: { constructor: { name: string }; input: Record<string, unknown> }) =>
        Promise.resolve().then(() => this.answer(command.constructor.name.replace(/Command$/, ''), command.input));
      return () => Promise.resolve(made);
    };
    const clients = {
      ...{
        ecs: client(new ECSClient(SETTINGS)),
        ec2: client(new EC2Client(SETTINGS)),
        iam: client(new IAMClient(SETTINGS)),
      },
      ...{
        kms: client(new KMSClient(SETTINGS)),
        logs: client(new CloudWatchLogsClient(SETTINGS)),
        s3: client(new S3Client(SETTINGS)),
      },
      sts: client(new STSClient(SETTINGS)),
    } as unknown as AwsClients;
    const identities = new CallerIdentityService(clients, new TestClock());
    this.fetcher = new SnapshotFetcher(clients, identities, new PolicySimulatorService(clients));
  }

  private answer(action: string, input: Record<string, unknown>): unknown {
    this.asked.push({ action, input });
    const answer = this.answers[action];
    if (answer instanceof Error) throw answer;
    if (answer === undefined) throw new Error(`AWS was asked for ${action}`);
    return typeof answer === 'function' ? (answer as (given: unknown) => unknown)(input) : answer;
  }
}

const local = (): LocalFacts => {
  const { target, origin, region, shellRegion, takenAt, plugin, credentials } = goodSnapshot();
  return { target, origin, region, shellRegion, takenAt, plugin, credentials };
};

describe('SnapshotFetcher', () => {
  let aws: Aws;
  beforeEach(() => (aws = new Aws()));
  const actions = () => [...new Set(aws.asked.map(({ action }) => action))];

  it('reads everything, and in it nothing is wrong', async () => {
    const snapshot = await aws.fetcher.full(local());
    const { checks } = report(snapshot);
    expect(checks.filter(({ status }) => status !== 'pass').map(({ id, detail }) => [id, detail])).toEqual([
      ['exec.client.clock', expect.anything()],
      ['exec.taskdef.shell', expect.anything()],
    ]);
    const { key, bucket, logGroup, network, role, deployment } = snapshot;
    expect({ key, bucket, logGroup, network }).toEqual({
      ...{ key: good.key, bucket: good.bucket, logGroup: good.logGroup, network: good.network },
    });
    expect([valueOf(role), valueOf(deployment)]).toEqual([valueOf(good.role), { status: 'SUCCESSFUL' }]);
    expect(actions().sort()).toEqual(Object.keys(aws.answers).sort());
  });

  it('asks of the person and of the role what they need, with what policies look at', async () => {
    await aws.fetcher.full(local());
    const simulations = aws.asked
      .filter(({ action }) => action === 'SimulatePrincipalPolicy')
      .map(({ input }) => input);
    const of = (action: string) => simulations.find(({ ActionNames }) => (ActionNames as string[]).includes(action))!;
    expect(of('ecs:ExecuteCommand')).toMatchObject({
      PolicySourceArn: 'arn:aws:iam::123456789012:user/ann',
      ResourceArns: [TASK_ARN, 'arn:aws:ecs:us-west-2:123456789012:cluster/ps-lab'],
    });
    expect(of('ecs:ExecuteCommand').ContextEntries).toEqual(
      expect.arrayContaining([
        { ContextKeyName: 'ecs:container-name', ContextKeyType: 'string', ContextKeyValues: ['ps-web'] },
        { ContextKeyName: 'aws:MultiFactorAuthPresent', ContextKeyType: 'boolean', ContextKeyValues: ['true'] },
      ]),
    );
    expect(of('s3:PutObject')).toMatchObject({
      PolicySourceArn: ROLE_ARN,
      ResourceArns: ['arn:aws:s3:::ps-sessions/web/*'],
    });
    expect(of('logs:PutLogEvents').ResourceArns).toEqual(['arn:aws:logs:us-west-2:123456789012:log-group:/ps/exec:*']);
  });

  /** Which input a refused call makes unreadable, and the permission it names. */
  const REFUSALS: [action: string, input: keyof ExecSnapshot, permission: string][] = [
    ['GetCallerIdentity', 'identity', 'sts:GetCallerIdentity'],
    ['DescribeClusters', 'cluster', 'ecs:DescribeClusters'],
    ['DescribeServices', 'service', 'ecs:DescribeServices'],
    ['ListServiceDeployments', 'deployment', 'ecs:ListServiceDeployments'],
    ['ListTasks', 'tasks', 'ecs:ListTasks, ecs:DescribeTasks'],
    ['DescribeTasks', 'task', 'ecs:ListTasks, ecs:DescribeTasks'],
    ['DescribeTaskDefinition', 'definition', 'ecs:DescribeTaskDefinition'],
    ['DescribeSubnets', 'network', 'ec2:DescribeSubnets'],
    ['DescribeNetworkInterfaces', 'network', 'ec2:DescribeNetworkInterfaces'],
    ['DescribeRouteTables', 'network', 'ec2:DescribeRouteTables'],
    ['DescribeVpcEndpoints', 'network', 'ec2:DescribeVpcEndpoints'],
    ['DescribeSecurityGroups', 'network', 'ec2:DescribeSecurityGroups'],
    ['DescribeNetworkAcls', 'network', 'ec2:DescribeNetworkAcls'],
    ['DescribeKey', 'key', 'kms:DescribeKey'],
    ['DescribeLogGroups', 'logGroup', 'logs:DescribeLogGroups'],
    ['GetBucketLocation', 'bucket', 's3:GetBucketLocation, s3:GetEncryptionConfiguration'],
    ['GetBucketEncryption', 'bucket', 's3:GetBucketLocation, s3:GetEncryptionConfiguration'],
  ];

  it.each(REFUSALS)('goes on when %s is refused', async (action, name, permission) => {
    aws.answers[action] = awsError(action.startsWith('Get') ? 'AccessDenied' : 'AccessDeniedException');
    const snapshot = await aws.fetcher.full(local());
    expect(snapshot[name] as Input<unknown>).toMatchObject({ isRead: false, permission });
    const unknown = report(snapshot).checks.filter(({ status }) => status === 'unknown');
    // Deployments are evidence only.
    expect(unknown.length === 0).toBe(action === 'ListServiceDeployments');
  });

  it('goes on when simulating is refused, or the policy of the key', async () => {
    aws.answers.SimulatePrincipalPolicy = awsError('AccessDenied');
    aws.answers.GetKeyPolicy = awsError('AccessDeniedException');
    const { checks } = report(await aws.fetcher.full(local()));
    const unknown = checks.filter(({ status }) => status === 'unknown');
    expect(new Set(unknown.map(({ evidence }) => evidence.permission))).toEqual(
      new Set(['iam:SimulatePrincipalPolicy', 'kms:GetKeyPolicy']),
    );
  });

  it.each([
    ['DescribeClusters', 'ClusterNotFoundException', 'cluster'],
    ['DescribeKey', 'NotFoundException', 'key'],
    ['GetBucketLocation', 'NoSuchBucket', 'bucket'],
    ['ListServiceDeployments', 'UnsupportedFeatureException', 'deployment'],
  ] as const)('takes the answer %s: %s for "there is none"', async (action, name, input) => {
    aws.answers[action] = awsError(name);
    expect((await aws.fetcher.full(local()))[input]).toEqual({ isRead: true, value: null });
  });

  it('says of a bucket without encryption that it has none, and of one in the first region where it is', async () => {
    aws.answers.GetBucketEncryption = awsError('ServerSideEncryptionConfigurationNotFoundError');
    aws.answers.GetBucketLocation = {};
    const { bucket } = await aws.fetcher.full(local());
    expect(valueOf(bucket)).toEqual({ name: 'ps-sessions', region: 'us-east-1', encryption: null });
  });

  it('goes on when something that is not essential fails, and gives up when something essential does', async () => {
    aws.answers.DescribeLogGroups = awsError('ServiceUnavailable');
    expect((await aws.fetcher.full(local())).logGroup).toMatchObject({ isRead: false, permission: null });
    aws.answers.DescribeServices = awsError('ServerException');
    await expect(aws.fetcher.full(local())).rejects.toMatchObject({ code: 'aws.unavailable' });
  });

  it.each(['ExpiredToken', 'InvalidClientTokenId'])(
    'gives up at once when the credentials are no good: %s',
    async (name) => {
      aws.answers.SimulatePrincipalPolicy = awsError(name);
      await expect(aws.fetcher.full(local())).rejects.toMatchObject({ code: 'ecs.credentials' });
    },
  );

  it('asks what the role may do also when it may not be looked at', async () => {
    aws.answers.GetRole = awsError('AccessDenied');
    const snapshot = await aws.fetcher.full(local());
    expect(valueOf(snapshot.role)).toMatchObject({
      arn: ROLE_ARN,
      trust: { isRead: false, permission: 'iam:GetRole' },
    });
    expect(report(snapshot, ['exec.role.ssmmessages']).checks[0]!.status).toBe('pass');
    aws.answers.GetRole = awsError('NoSuchEntityException');
    expect(valueOf((await aws.fetcher.full(local())).role)!.trust).toEqual({ isRead: true, value: null });
  });

  it('says nothing of the role when the task definition may not be read', async () => {
    aws.answers.DescribeTaskDefinition = awsError('AccessDeniedException');
    const { role, roleRights } = await aws.fetcher.full(local());
    expect([role, roleRights]).toEqual([
      expect.objectContaining({ isRead: false, permission: 'ecs:DescribeTaskDefinition' }),
      expect.objectContaining({ isRead: false, permission: 'ecs:DescribeTaskDefinition' }),
    ]);
  });

  it('finds the role of a machine where the task has none', async () => {
    Object.assign((aws.answers.DescribeTasks as { tasks: object[] }).tasks[0]!, {
      launchType: 'EC2',
      containerInstanceArn: 'ci-1',
    });
    aws.answers.DescribeTaskDefinition = { taskDefinition: { containerDefinitions: [] } };
    aws.answers.DescribeContainerInstances = {
      containerInstances: [{ ec2InstanceId: 'i-1', versionInfo: { agentVersion: '1.90.0' } }],
    };
    aws.answers.DescribeInstances = {
      Reservations: [{ Instances: [{ IamInstanceProfile: { Arn: 'arn:aws:iam::1:instance-profile/m' } }] }],
    };
    aws.answers.GetInstanceProfile = { InstanceProfile: { Roles: [{ Arn: ROLE_ARN }] } };
    expect(valueOf((await aws.fetcher.full(local())).role)).toMatchObject({ arn: ROLE_ARN, from: 'instance profile' });
    aws.answers.DescribeInstances = awsError('UnauthorizedOperation');
    expect((await aws.fetcher.full(local())).role).toMatchObject({
      isRead: false,
      permission: 'ec2:DescribeInstances',
    });
  });

  it('takes the role the task overrides with', async () => {
    const override = 'arn:aws:iam::123456789012:role/other';
    Object.assign((aws.answers.DescribeTasks as { tasks: object[] }).tasks[0]!, {
      overrides: { taskRoleArn: override },
    });
    expect(valueOf((await aws.fetcher.full(local())).role)).toMatchObject({ arn: override, from: 'task' });
  });

  it('looks at tasks that ended when none runs, and at nothing behind them when there are none', async () => {
    aws.answers.ListTasks = (input: { desiredStatus: string }) => ({
      taskArns: input.desiredStatus === 'STOPPED' ? [TASK_ARN] : [],
    });
    expect(valueOf((await aws.fetcher.full(local())).task)).not.toBeNull();
    aws.answers.ListTasks = { taskArns: [] };
    const { checks } = report(await aws.fetcher.full(local()));
    expect(checks.find(({ id }) => id === 'exec.task.pick')!.status).toBe('fail');
    expect(checks.find(({ id }) => id === 'exec.caller.execute')!.status).toBe('skip');
  });

  it('finds the service of a task that is named', async () => {
    await aws.fetcher.full({
      ...local(),
      target: { cluster: 'ps-lab', service: null, task: 'abc', container: 'ps-web' },
    });
    expect(aws.asked.find(({ action }) => action === 'DescribeServices')!.input).toMatchObject({
      services: ['ps-web'],
    });
    expect(aws.asked.find(({ action }) => action === 'DescribeTasks')!.input).toMatchObject({ tasks: ['abc'] });
    expect(actions()).not.toContain('ListTasks');
  });

  it('asks ECS and STS only before a session', async () => {
    const snapshot = await aws.fetcher.quick(local());
    expect(actions().sort()).toEqual([
      ...[
        'DescribeClusters',
        'DescribeServices',
        'DescribeTaskDefinition',
        'DescribeTasks',
        'GetCallerIdentity',
        'ListTasks',
      ],
    ]);
    expect(snapshot.network).toMatchObject({ isRead: false, permission: null });
  });
});
