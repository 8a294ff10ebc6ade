import { randomUUID } from 'node:crypto';
import { type ECSClient, type Failure, type Service, type Task, type TaskDefinition } from '@aws-sdk/client-ecs';
import { Injectable } from '@nestjs/common';
import { AwsClients } from '../../aws/aws-clients.service.js';
import { AwsUnavailableError } from '../../aws/aws.errors.js';
import { Clock } from '../../common/clock/clock.js';
import { AppConfig } from '../../config/app-config.js';
import { ExecRefusedError, ExecSessionError, ExecTargetError } from './ecs-exec.errors.js';
import { type ExecTarget, type TargetOptions } from './ecs-exec.types.js';
import { execTarget } from './exec-target.js';
import { throwIfOver } from './fetch/reading.js';
import { containerOf, definitionOf, nameOf } from './names.js';

const POLL_MS = 3_000;
const LOG_LINES = 200;
const NO_EXIT_CODE = 255;

/** What became of a task that was started for one command. */
export interface OneOffOutcome {
  taskId: string;
  exitCode: number;
  /** ECS' reason when the container was never started, or was killed. */
  reason: string | null;
  /** The end of its log; null when it is not in CloudWatch. */
  log: string[] | null;
}

/** Runs a command in a task of its own, of the image and with the settings of the service: no session is needed. */
@Injectable()
export class OneOffTaskService {
  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly clients: AwsClients,
  ) {}

  /**
   * Starts the task and waits until it has stopped; `onStatus` hears of every change. Throws {@link ExecTargetError} when
   * there is no such service, {@link ExecRefusedError} when ECS does not start the task, {@link ExecCredentialsError},
   * and {@link AwsUnavailableError}.
   */
  async run(
    options: TargetOptions,
    command: readonly string[],
    onStatus: (status: string) => void,
  ): Promise<OneOffOutcome> {
    const target = execTarget(options, this.config.env);
    const ecs = await this.clients.ecs();
    const service = await asked(`for the service ${target.service ?? ''}`, () => serviceOf(ecs, target));
    const definition = await asked('for the task definition', () => definitionFor(ecs, service));
    if (!definitionOf(definition, target.container))
      throw new ExecTargetError(
        `The task definition of ${service.serviceName ?? ''} has no container ${target.container}. Name one with --container.`,
      );
    const started = await asked('to start a task', () => start(ecs, target, service, command));
    const stopped = await this.stopped(ecs, target, started, onStatus);
    const container = containerOf(stopped, target.container);
    return {
      taskId: nameOf(stopped.taskArn ?? ''),
      exitCode: container?.exitCode ?? NO_EXIT_CODE,
      reason: container?.reason ?? (container?.exitCode === undefined ? (stopped.stoppedReason ?? null) : null),
      log: await this.logOf(definition, target.container, nameOf(stopped.taskArn ?? '')),
    };
  }

  private async stopped(
    ecs: ECSClient,
    { cluster }: ExecTarget,
    task: Task,
    onStatus: (status: string) => void,
  ): Promise<Task> {
    const { DescribeTasksCommand } = await import('@aws-sdk/client-ecs');
    let last = '';
    for (let now: Task = task; ;) {
      if (now.lastStatus !== undefined && now.lastStatus !== last) onStatus((last = now.lastStatus));
      if (last === 'STOPPED') return now;
      await new Promise<void>((resolve) => this.clock.schedule(POLL_MS, resolve));
      const { tasks = [] } = await asked(`how the task ${nameOf(task.taskArn ?? '')} is`, () =>
        ecs.send(new DescribeTasksCommand({ cluster, tasks: [task.taskArn ?? ''] })),
      );
      const [found] = tasks;
      if (!found)
        throw new ExecSessionError(
          `ECS does not know the task ${nameOf(task.taskArn ?? '')} any more, so its exit code is lost.`,
        );
      now = found;
    }
  }

  /** Where the driver awslogs writes: prefix, container and id of the task. */
  private async logOf(definition: TaskDefinition, container: string, taskId: string): Promise<string[] | null> {
    const { logDriver, options = {} } = definitionOf(definition, container)?.logConfiguration ?? {};
    const { 'awslogs-group': logGroupName, 'awslogs-stream-prefix': prefix } = options;
    if (logDriver !== 'awslogs' || !logGroupName || !prefix) return null;
    const { GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
    const logStreamName = `${prefix}/${container}/${taskId}`;
    try {
      const { events = [] } = await (
        await this.clients.logs()
      ).send(new GetLogEventsCommand({ logGroupName, logStreamName, limit: LOG_LINES, startFromHead: false }));
      return events.map(({ message }) => message ?? '');
    } catch (error) {
      // The task has ended, and its exit code counts; whoever may not read its log looks elsewhere.
      throwIfOver(error);
      return null;
    }
  }
}

async function serviceOf(ecs: ECSClient, { cluster, service }: ExecTarget): Promise<Service> {
  const { DescribeServicesCommand } = await import('@aws-sdk/client-ecs');
  if (service === null)
    throw new ExecTargetError('A task is started like those of a service. Give --service, not --task.');
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const found = services.find(({ status }) => status === 'ACTIVE');
  if (!found) throw new ExecTargetError(`There is no active service ${service} in ${cluster}. Check the names.`);
  return found;
}

async function definitionFor(ecs: ECSClient, { taskDefinition }: Service): Promise<TaskDefinition> {
  const { DescribeTaskDefinitionCommand } = await import('@aws-sdk/client-ecs');
  const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  return answer.taskDefinition ?? {};
}

async function start(
  ecs: ECSClient,
  { cluster, container }: ExecTarget,
  service: Service,
  command: readonly string[],
): Promise<Task> {
  const { RunTaskCommand } = await import('@aws-sdk/client-ecs');
  const { capacityProviderStrategy = [], launchType, platformVersion, networkConfiguration } = service;
  const { tasks = [], failures = [] } = await ecs.send(
    new RunTaskCommand({
      cluster,
      taskDefinition: service.taskDefinition,
      ...(networkConfiguration ? { networkConfiguration } : {}),
      ...(capacityProviderStrategy.length > 0 ? { capacityProviderStrategy } : { launchType }),
      ...(platformVersion ? { platformVersion } : {}),
      overrides: { containerOverrides: [{ name: container, command: [...command] }] },
      startedBy: 'psctl',
      propagateTags: 'TASK_DEFINITION',
      clientToken: randomUUID(),
    }),
  );
  const [task] = tasks;
  if (task) return task;
  throw new ExecRefusedError(
    `ECS did not start the task (${failures.map(reasonOf).join('; ') || 'it gives no reason'}). See the events of the service.`,
  );
}

function reasonOf({ reason, detail }: Failure): string {
  return [reason, detail].filter(Boolean).join(': ');
}

async function asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throwIfOver(error);
    if (error instanceof ExecTargetError || error instanceof ExecRefusedError) throw error;
    throw new AwsUnavailableError(what, error);
  }
}
