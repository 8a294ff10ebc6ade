import {
  CreateLogGroupCommand,
  CloudWatchLogsClient,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { Test } from '@nestjs/testing';
import { ClockModule } from '../../../src/common/clock/clock.module.js';
import { loadConfig } from '../../../src/config/app-config.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { EcsExecCheckService } from '../../../src/operations/ecs-exec/ecs-exec-check.service.js';
import { EcsExecModule } from '../../../src/operations/ecs-exec/ecs-exec.module.js';
import { describeWithMoto, MotoServer } from '../../support/moto-server.js';

const REGION = 'us-west-2';
const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

describeWithMoto('the checks of ECS Exec, asked of AWS', () => {
  const before = { ...process.env };
  let moto: MotoServer;
  let checks: EcsExecCheckService;
  let taskArn: string;
  beforeAll(async () => {
    moto = await MotoServer.start();
    const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key', AWS_SESSION_TOKEN: 'token' };
    const closed = { AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_CONFIG_FILE: '/dev/null' };
    Object.assign(process.env, { AWS_ENDPOINT_URL: moto.endpoint, ...keys, ...closed });
    taskArn = await installation();
    const config = loadConfig({ PATH: process.env.PATH, PS_ECS_CLUSTER: 'ps-lab', ...closed });
    const module = await Test.createTestingModule({
      imports: [ConfigModule.with(config), ClockModule, EcsExecModule],
    }).compile();
    checks = module.get(EcsExecCheckService);
  }, 60_000);
  afterAll(async () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
    await moto.stop();
  });

  it('reads what there is, and calls what cannot be read unknown', async () => {
    const { checks: results, target } = await checks.check({ task: taskArn }, 'operator');
    expect(target).toMatchObject({ cluster: 'ps-lab', service: null, container: 'ps-web' });
    const of = (id: string) => results.find((one) => one.id === id)!;
    expect(of('exec.cluster').status).toBe('pass');
    expect(of('exec.task.pick').evidence).toMatchObject({ picked: taskArn });
    expect(of('exec.task.flag').status).toBe('fail');
    expect(of('exec.net.egress')).toMatchObject({ status: 'fail', evidence: { way: 'none' } });
    expect(of('exec.client.identity')).toMatchObject({ evidence: { account: '123456789012' } });
    expect(of('exec.taskdef.init').status).toBe('pass');
    expect(of('exec.taskdef.env')).toMatchObject({ status: 'fail', evidence: { names: ['AWS_ACCESS_KEY_ID'] } });
    expect(of('exec.role.present')).toMatchObject({ status: 'pass', evidence: { from: 'task definition' } });
    expect(of('exec.role.trust').status).toBe('pass');
    expect(of('exec.audit.config')).toMatchObject({
      status: 'pass',
      evidence: { logging: 'OVERRIDE', logGroup: '/ps/exec' },
    });
    expect(of('exec.audit.sink')).toMatchObject({ status: 'pass', evidence: { retentionInDays: 90 } });
    expect(of('exec.kms.policy').status).toBe('pass');
  });

  it('finds the service, and that its sessions are off', async () => {
    const { checks: results } = await checks.check({}, 'operator');
    const of = (id: string) => results.find((one) => one.id === id)!;
    expect(of('exec.service.status').status).toBe('pass');
    expect(of('exec.service.flag').status).toBe('fail');
  });

  it('says what is not there', async () => {
    const { checks: results } = await checks.check({ cluster: 'nowhere' }, 'service');
    const failed = results.filter(({ status }) => status === 'fail').map(({ id }) => id);
    expect(failed).toEqual(expect.arrayContaining(['exec.cluster', 'exec.task.pick']));
  });

  /** A cluster whose sessions are logged and encrypted, a service, and a task beside it. */
  async function installation(): Promise<string> {
    const settings = { region: REGION };
    const [ecs, ec2, iam] = [new ECSClient(settings), new EC2Client(settings), new IAMClient(settings)];
    const [kms, logs] = [new KMSClient(settings), new CloudWatchLogsClient(settings)];
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/ps/exec' }));
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: '/ps/exec', retentionInDays: 90 }));
    const AssumeRolePolicyDocument = JSON.stringify(TRUST);
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'ps-web', AssumeRolePolicyDocument }));
    const logConfiguration = { cloudWatchLogGroupName: '/ps/exec' };
    const execution = { kmsKeyId: KeyMetadata!.Arn!, logging: 'OVERRIDE' as const, logConfiguration };
    await ecs.send(
      new CreateClusterCommand({ clusterName: 'ps-lab', configuration: { executeCommandConfiguration: execution } }),
    );
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        ...{
          family: 'ps-web',
          taskRoleArn: Role!.Arn!,
          networkMode: 'awsvpc',
          requiresCompatibilities: ['FARGATE'],
          cpu: '256',
          memory: '512',
        },
        containerDefinitions: [
          {
            ...{ name: 'ps-web', image: 'ps-server', memory: 256, linuxParameters: { initProcessEnabled: true } },
            environment: [{ name: 'AWS_ACCESS_KEY_ID', value: 'x' }],
          },
        ],
      }),
    );
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    const networkConfiguration = {
      awsvpcConfiguration: {
        ...{ subnets: [Subnets![0]!.SubnetId!], securityGroups: [SecurityGroups![0]!.GroupId!] },
        assignPublicIp: 'ENABLED' as const,
      },
    };
    const common = {
      cluster: 'ps-lab',
      taskDefinition: 'ps-web',
      launchType: 'FARGATE' as const,
      networkConfiguration,
    };
    await ecs.send(new CreateServiceCommand({ ...common, serviceName: 'ps-web', desiredCount: 0 }));
    const { tasks } = await ecs.send(new RunTaskCommand(common));
    for (const client of [ecs, ec2, iam, kms, logs]) client.destroy();
    return tasks![0]!.taskArn!;
  }
});
