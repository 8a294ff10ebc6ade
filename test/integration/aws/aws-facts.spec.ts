import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  EC2Client,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreatePolicyCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { Test } from '@nestjs/testing';
import { AwsInventoryService } from '../../../src/aws/aws-inventory.service.js';
import { AwsMachinesService } from '../../../src/aws/aws-machines.service.js';
import { AwsModule } from '../../../src/aws/aws.module.js';
import { loadConfig } from '../../../src/config/app-config.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { describeWithMoto, MotoServer } from '../../support/moto-server.js';

const REGION = 'us-west-2';
const ENVIRONMENT = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
const PROJECT = { key: 'Project', value: 'cluster-lab' };
const TAGS = [
  { Key: 'Project', Value: 'cluster-lab' },
  { Key: 'Name', Value: 'lab-ilb' },
];

describeWithMoto('what AWS says of clusters', () => {
  const before = Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]]));
  let moto: MotoServer;
  let ec2: EC2Client;
  let inventory: AwsInventoryService;
  let machines: AwsMachinesService;
  let imageId: string;
  beforeAll(async () => {
    moto = await MotoServer.start();
    const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' };
    Object.assign(process.env, { AWS_ENDPOINT_URL: moto.endpoint, ...keys });
    ec2 = new EC2Client({ region: REGION });
    const module = await Test.createTestingModule({
      imports: [ConfigModule.with(loadConfig({})), AwsModule],
    }).compile();
    inventory = module.get(AwsInventoryService);
    machines = module.get(AwsMachinesService);
    const { Images } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
    imageId = Images![0]!.ImageId!;
  }, 60_000);
  afterAll(async () => {
    ec2.destroy();
    for (const name of ENVIRONMENT) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
    await moto.stop();
  });

  const launch = async (tags: { Key: string; Value: string }[], count = 1): Promise<string[]> => {
    const specification = { ResourceType: 'instance' as const, Tags: tags };
    const asked = { ImageId: imageId, MinCount: count, MaxCount: count, TagSpecifications: [specification] };
    const { Instances } = await ec2.send(new RunInstancesCommand(asked));
    return Instances!.map(({ InstanceId }) => InstanceId!);
  };

  it('lists what has the tag of a cluster and nothing else, without machines that are gone', async () => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const vpcId = Vpc!.VpcId!;
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.0.0/16' }));
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: 'lab-ilb-sg', Description: 'x' }),
    );
    const made = [vpcId, Subnet!.SubnetId!, GroupId!];
    await ec2.send(new CreateTagsCommand({ Resources: made, Tags: [{ Key: 'Project', Value: 'cluster-lab' }] }));
    const [machine] = await launch(TAGS);
    const [gone] = await launch(TAGS);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [gone!] }));
    await launch([{ Key: 'Project', Value: 'cluster-other' }]);
    const found = await inventory.tagged(PROJECT);
    expect(new Set(found)).toEqual(
      new Set([
        { type: 'aws_vpc', id: vpcId, name: null },
        { type: 'aws_subnet', id: Subnet!.SubnetId, name: null },
        { type: 'aws_security_group', id: GroupId, name: 'lab-ilb-sg' },
        { type: 'aws_instance', id: machine, name: 'lab-ilb' },
      ]),
    );
  });

  it('lists scaling groups, and leaves their machines to them', async () => {
    const scaling = new AutoScalingClient({ region: REGION });
    await scaling.send(
      new CreateLaunchConfigurationCommand({
        ...{ LaunchConfigurationName: 'lc', ImageId: imageId, InstanceType: 't2.micro' },
      }),
    );
    const tag = (Key: string, Value: string) => ({ Key, Value, PropagateAtLaunch: true, ResourceId: 'nodes' });
    await scaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'nodes',
        LaunchConfigurationName: 'lc',
        ...{ MinSize: 2, MaxSize: 2, DesiredCapacity: 2, AvailabilityZones: [`${REGION}a`] },
        Tags: [tag('Project', 'cluster-groups'), tag('Name', 'groups-node')],
      }),
    );
    scaling.destroy();
    expect(await inventory.tagged({ key: 'Project', value: 'cluster-groups' })).toEqual([
      { type: 'aws_autoscaling_group', id: 'nodes', name: 'groups-node' },
    ]);
    expect(await machines.countRunning({ key: 'Name', value: 'groups-node' })).toBe(2);
  });

  it('finds by name what has no tag, and takes what is not there for what it is', async () => {
    const iam = new IAMClient({ region: REGION });
    const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
    const trust = { Version: '2012-10-17', Statement: [] };
    await iam.send(new CreateRoleCommand({ RoleName: 'lab-role', AssumeRolePolicyDocument: JSON.stringify(trust) }));
    await iam.send(new CreatePolicyCommand({ PolicyName: 'lab-policy', PolicyDocument: JSON.stringify(document) }));
    iam.destroy();
    const found = await inventory.named([
      { type: 'aws_iam_role', name: 'lab-role' },
      { type: 'aws_iam_role', name: 'other-role' },
      { type: 'aws_iam_instance_profile', name: 'lab-profile' },
      { type: 'aws_iam_policy', name: 'lab-policy' },
    ]);
    expect(found).toEqual([
      { type: 'aws_iam_role', id: 'lab-role', name: 'lab-role' },
      { type: 'aws_iam_policy', id: 'arn:aws:iam::123456789012:policy/lab-policy', name: 'lab-policy' },
    ]);
  });

  it('counts the machines of a name that run, and tells of all of them', async () => {
    const name = { key: 'Name', value: 'count-node' };
    const [first, second] = await launch([{ Key: 'Name', Value: 'count-node' }], 3);
    expect(await machines.countRunning(name)).toBe(3);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [first!] }));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [second!] }));
    expect(await machines.countRunning(name)).toBe(1);
    const listed = await machines.list(name);
    expect(listed.map(({ state }) => state).sort()).toEqual(['running', 'stopped', 'terminated']);
    expect(listed.find(({ id }) => id === first)).toMatchObject({ name: 'count-node', state: 'stopped' });
    expect(await machines.consoleOutput(first!)).toEqual(expect.any(String));
  });

  it('says what it asked, and what to check, when AWS refuses', async () => {
    await expect(machines.consoleOutput('i-00000000000000000')).rejects.toMatchObject({ code: 'aws.unavailable' });
    await expect(machines.consoleOutput('i-00000000000000000')).rejects.toThrow(
      /console output of i-00000000000000000 .*Check the permissions/,
    );
  });
});
