import { type EC2Client } from '@aws-sdk/client-ec2';
import { type ContainerInstance, type Task, type TaskDefinition } from '@aws-sdk/client-ecs';
import { type IAMClient } from '@aws-sdk/client-iam';
import { nameOf } from '../names.js';
import { type Input, read, type RoleFacts } from '../snapshot.js';
import { reading, then } from './reading.js';

type Named = Pick<RoleFacts, 'arn' | 'from'>;

/** The role the agent in a container works with. */
export class RoleReader {
  constructor(
    private readonly iam: IAMClient,
    private readonly ec2: EC2Client,
  ) {}

  /** The one the task overrides with, else that of its definition, else that of the machine on EC2. */
  async role(
    task: Task,
    definition: Input<TaskDefinition | null>,
    machine: Input<ContainerInstance | null>,
  ): Promise<Input<RoleFacts | null>> {
    const override = task.overrides?.taskRoleArn;
    if (override) return this.withTrust({ arn: override, from: 'task' });
    if (!definition.isRead) return definition;
    const { taskRoleArn } = definition.value ?? {};
    if (taskRoleArn) return this.withTrust({ arn: taskRoleArn, from: 'task definition' });
    if (!machine.isRead) return machine;
    const instanceId = machine.value?.ec2InstanceId;
    if (instanceId === undefined) return read(null);
    return then(await this.ofMachine(instanceId), (role) =>
      role ? this.withTrust(role) : Promise.resolve(read(null)),
    );
  }

  /** A role that may not be looked at is known all the same. */
  private async withTrust({ arn, from }: Named): Promise<Input<RoleFacts>> {
    const how = {
      what: `the role ${nameOf(arn)}`,
      permission: 'iam:GetRole',
      absent: ['NoSuchEntity', 'NoSuchEntityException'],
    };
    const trust = await reading(how, async () => {
      const { GetRoleCommand } = await import('@aws-sdk/client-iam');
      const { Role } = await this.iam.send(new GetRoleCommand({ RoleName: nameOf(arn) }));
      return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '{}');
    });
    return read({ arn, from, trust });
  }

  private async ofMachine(instanceId: string): Promise<Input<Named | null>> {
    const profile = await reading(
      { what: `the machine ${instanceId}`, permission: 'ec2:DescribeInstances' },
      async () => {
        const { DescribeInstancesCommand } = await import('@aws-sdk/client-ec2');
        const { Reservations = [] } = await this.ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
        return Reservations[0]?.Instances?.[0]?.IamInstanceProfile?.Arn ?? null;
      },
    );
    return then(profile, (arn) => {
      if (arn === null) return Promise.resolve(read(null));
      const how = { what: `the instance profile ${nameOf(arn)}`, permission: 'iam:GetInstanceProfile' };
      return reading(how, async (): Promise<Named | null> => {
        const { GetInstanceProfileCommand } = await import('@aws-sdk/client-iam');
        const answer = await this.iam.send(new GetInstanceProfileCommand({ InstanceProfileName: nameOf(arn) }));
        const role = answer.InstanceProfile?.Roles?.[0]?.Arn;
        return role === undefined ? null : { arn: role, from: 'instance profile' };
      });
    });
  }
}
