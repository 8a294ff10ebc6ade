import {
  type Cluster,
  type ContainerInstance,
  type ECSClient,
  type Service,
  type ServiceDeploymentBrief,
  type Task,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { type ExecTarget } from '../ecs-exec.types.js';
import { type Input } from '../snapshot.js';
import { reading, readingAlways } from './reading.js';

const TASKS_AT_ONCE = 100;
const NO_CLUSTER = ['ClusterNotFoundException'];

/** What ECS says of a target. */
export class EcsReader {
  constructor(
    private readonly ecs: ECSClient,
    private readonly target: ExecTarget,
  ) {}

  cluster(): Promise<Input<Cluster | null>> {
    const how = { what: `the cluster ${this.target.cluster}`, permission: 'ecs:DescribeClusters', absent: NO_CLUSTER };
    return reading({ ...how, isEssential: true }, async () => {
      const { DescribeClustersCommand } = await import('@aws-sdk/client-ecs');
      const { clusters = [] } = await this.ecs.send(
        new DescribeClustersCommand({ clusters: [this.target.cluster], include: ['CONFIGURATIONS', 'TAGS'] }),
      );
      return clusters[0] ?? null;
    });
  }

  service(name: string): Promise<Input<Service | null>> {
    const how = { what: `the service ${name}`, permission: 'ecs:DescribeServices', absent: NO_CLUSTER };
    return reading({ ...how, isEssential: true }, async () => {
      const { DescribeServicesCommand } = await import('@aws-sdk/client-ecs');
      const { services = [] } = await this.ecs.send(
        new DescribeServicesCommand({ cluster: this.target.cluster, services: [name] }),
      );
      return services[0] ?? null;
    });
  }

  /** The newest one. */
  deployment(service: string): Promise<Input<ServiceDeploymentBrief | null>> {
    const how = { what: 'the deployments of the service', permission: 'ecs:ListServiceDeployments' };
    const absent = [
      ...NO_CLUSTER,
      'ServiceNotFoundException',
      'ServiceNotActiveException',
      'UnsupportedFeatureException',
    ];
    return reading({ ...how, absent }, async () => {
      const { ListServiceDeploymentsCommand } = await import('@aws-sdk/client-ecs');
      const { serviceDeployments = [] } = await this.ecs.send(
        new ListServiceDeploymentsCommand({ cluster: this.target.cluster, service }),
      );
      const at = ({ createdAt }: ServiceDeploymentBrief): number => createdAt?.getTime() ?? 0;
      return [...serviceDeployments].sort((a, b) => at(b) - at(a))[0] ?? null;
    });
  }

  /** The one that is named, or those of the service that are to run; when there are none, those that ended just now. */
  async tasks(): Promise<Input<Task[]>> {
    const { task, service } = this.target;
    const how = { what: 'the tasks', permission: 'ecs:ListTasks, ecs:DescribeTasks', isEssential: true };
    const found = await reading({ ...how, absent: [...NO_CLUSTER, 'ServiceNotFoundException'] }, async () => {
      if (task !== null) return this.describe([task]);
      const running = await this.list(service, 'RUNNING');
      return this.describe(running.length > 0 ? running : await this.list(service, 'STOPPED'));
    });
    return found.isRead ? { isRead: true, value: found.value ?? [] } : found;
  }

  definition(arn: string): Promise<Input<TaskDefinition | null>> {
    return reading({ what: 'the task definition', permission: 'ecs:DescribeTaskDefinition' }, async () => {
      const { DescribeTaskDefinitionCommand } = await import('@aws-sdk/client-ecs');
      const { taskDefinition } = await this.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
      return taskDefinition ?? null;
    });
  }

  containerInstance(arn: string): Promise<Input<ContainerInstance | null>> {
    const how = { what: 'the machine of the task', permission: 'ecs:DescribeContainerInstances' };
    return readingAlways(how, async () => {
      const { DescribeContainerInstancesCommand } = await import('@aws-sdk/client-ecs');
      const { containerInstances = [] } = await this.ecs.send(
        new DescribeContainerInstancesCommand({ cluster: this.target.cluster, containerInstances: [arn] }),
      );
      return containerInstances[0] ?? null;
    });
  }

  private async list(service: string | null, desiredStatus: 'RUNNING' | 'STOPPED'): Promise<string[]> {
    const { paginateListTasks } = await import('@aws-sdk/client-ecs');
    const { cluster } = this.target;
    const arns: string[] = [];
    const asked = { cluster, desiredStatus, ...(service === null ? {} : { serviceName: service }) };
    for await (const { taskArns = [] } of paginateListTasks({ client: this.ecs }, asked)) arns.push(...taskArns);
    return arns;
  }

  private async describe(arns: string[]): Promise<Task[]> {
    const { DescribeTasksCommand } = await import('@aws-sdk/client-ecs');
    const tasks: Task[] = [];
    for (let start = 0; start < arns.length; start += TASKS_AT_ONCE) {
      const some = arns.slice(start, start + TASKS_AT_ONCE);
      const answer = await this.ecs.send(
        new DescribeTasksCommand({ cluster: this.target.cluster, tasks: some, include: ['TAGS'] }),
      );
      tasks.push(...(answer.tasks ?? []));
    }
    return tasks;
  }
}
