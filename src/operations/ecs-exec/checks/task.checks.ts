import { isAtLeast } from '../../../common/programs/version.js';
import { type ContainerInstance, type Task } from '@aws-sdk/client-ecs';
import { isOpen, isRunning } from '../pick-task.js';
import { nameOf } from '../names.js';
import { type ExecSnapshot } from '../snapshot.js';
import { type Check, fail, type Finding, given, NO_TASK, pass, unknown, warn } from './check.js';

const STARTING = ['PROVISIONING', 'PENDING', 'ACTIVATING'];
/** The oldest platform of Fargate, and agent of EC2, that open sessions. */
const OLDEST_PLATFORM = { linux: '1.4.0', windows: '1.0.0' };
const OLDEST_AGENT = '1.50.2';

export const taskChecks: Check[] = [
  { id: 'exec.task.pick', run: pick },
  { id: 'exec.task.status', run: status },
  { id: 'exec.task.flag', run: flag },
  { id: 'exec.task.platform', run: platform },
];

function pick({ tasks, task, target }: ExecSnapshot): Finding {
  return given<[Task[], Task | null]>([tasks, task], (all, picked) => {
    const open = all.filter((one) => isOpen(one, target.container));
    const evidence = { picked: picked?.taskArn ?? null, open: open.map(({ taskArn }) => nameOf(taskArn ?? '')) };
    if (!picked)
      return fail(
        target.task === null
          ? `${target.service ?? target.cluster} has no task.`
          : `There is no task ${target.task}; ECS forgets those that ended an hour ago.`,
        'Start one, or check the names.',
        evidence,
      );
    const id = nameOf(picked.taskArn ?? '');
    if (open.length > 1 && target.task === null)
      return warn(
        `${open.length} tasks are open for sessions; the newest, ${id}, is taken.`,
        `Name one with --task to be sure: ${evidence.open.join(', ')}`,
        evidence,
      );
    if (open.length === 0)
      return fail(
        `No task has a running agent in the container ${target.container}; ${id} is looked at.`,
        'See the checks below.',
        evidence,
      );
    return pass(`The task is ${id}.`, evidence);
  });
}

function status(snapshot: ExecSnapshot): Finding {
  return ofTask(snapshot, (task) => {
    const { lastStatus = 'UNKNOWN', desiredStatus, stoppedReason, stopCode } = task;
    const evidence = { lastStatus, desiredStatus, stopCode, stoppedReason };
    if (isRunning(task))
      return desiredStatus === 'STOPPED'
        ? warn('The task runs, but is about to be stopped.', 'Take another one.', evidence)
        : pass('The task runs.', evidence);
    if (STARTING.includes(lastStatus)) return warn(`The task is ${lastStatus}.`, 'Wait until it runs.', evidence);
    return fail(
      `The task is ${lastStatus}${stoppedReason ? `: ${stoppedReason}` : ''}.`,
      'Sessions open in running tasks only; start another one.',
      evidence,
    );
  });
}

function flag(snapshot: ExecSnapshot): Finding {
  return ofTask(snapshot, ({ enableExecuteCommand }) => {
    if (enableExecuteCommand === true) return pass('The task was started with ECS Exec enabled.');
    return fail(
      'The task was started without ECS Exec, and cannot get it any more.',
      'Enable it for the service and start new tasks: aws ecs update-service --enable-execute-command --force-new-deployment.',
      { enableExecuteCommand },
    );
  });
}

function platform(snapshot: ExecSnapshot): Finding {
  return ofTask(snapshot, (task) => {
    const launchType = launchTypeOf(task);
    const { platformVersion, platformFamily, capacityProviderName } = task;
    const evidence = { launchType, platformVersion, platformFamily, capacityProviderName };
    switch (launchType) {
      case 'FARGATE': {
        const family = platformFamily?.toLowerCase().startsWith('windows') === true ? 'windows' : 'linux';
        const least = OLDEST_PLATFORM[family];
        if (platformVersion === undefined)
          return unknown('ECS does not tell the version of the platform.', null, evidence);
        return isAtLeast(platformVersion, least)
          ? pass(`The task runs on Fargate ${platformVersion}.`, evidence)
          : fail(
              `The task runs on Fargate ${platformVersion}, which has no ECS Exec.`,
              `Set platformVersion to ${least} or LATEST.`,
              evidence,
            );
      }
      case 'EC2':
      case 'EXTERNAL':
        return agentOfInstance(snapshot, launchType);
      case 'MANAGED_INSTANCES':
        return pass('The task runs on managed instances, whose agent AWS keeps up to date.', evidence);
      default:
        return unknown(`The task has the launch type ${launchType}, of which nothing is known.`, null, evidence);
    }
  });
}

function agentOfInstance({ containerInstance }: ExecSnapshot, launchType: string): Finding {
  return given<[ContainerInstance | null]>([containerInstance], (instance) => {
    const agent = instance?.versionInfo?.agentVersion;
    const evidence = { launchType, agent, connected: instance?.agentConnected };
    if (agent === undefined)
      return unknown('ECS does not tell the version of the agent of the machine.', null, evidence);
    if (!isAtLeast(agent, OLDEST_AGENT))
      return fail(
        `The ECS agent of the machine is version ${agent}, which has no ECS Exec.`,
        `Update it to ${OLDEST_AGENT} or newer.`,
        evidence,
      );
    if (instance?.agentConnected === false)
      return warn(
        'The ECS agent of the machine is not connected.',
        'Look at the machine, or take another task.',
        evidence,
      );
    return pass(`The ECS agent of the machine is version ${agent}.`, evidence);
  });
}

/** Tasks of capacity providers may not say it themselves. */
function launchTypeOf({ launchType, capacityProviderName, containerInstanceArn }: Task): string {
  if (launchType !== undefined) return launchType;
  if (capacityProviderName?.startsWith('FARGATE') === true) return 'FARGATE';
  return containerInstanceArn === undefined ? 'UNKNOWN' : 'EC2';
}

export function ofTask(snapshot: ExecSnapshot, rule: (task: Task) => Finding): Finding {
  return given<[Task | null]>([snapshot.task], (task) => (task ? rule(task) : NO_TASK));
}
