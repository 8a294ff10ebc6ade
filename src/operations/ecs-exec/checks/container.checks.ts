import { type Container, type ManagedAgent, type Task } from '@aws-sdk/client-ecs';
import { agentOf, containerOf } from '../names.js';
import { type ExecSnapshot } from '../snapshot.js';
import { type Check, fail, type Finding, pass, skip, warn } from './check.js';
import { ofTask } from './task.checks.js';

/** Amazon GuardDuty puts it into tasks by itself, and no session opens in it. */
const GUARD = 'aws-guardduty-agent';

export const containerChecks: Check[] = [
  { id: 'exec.container.exists', run: exists },
  { id: 'exec.container.agent', run: agent },
  { id: 'exec.container.sidecars', run: sidecars },
];

function exists(snapshot: ExecSnapshot): Finding {
  return ofTask(snapshot, (task) => {
    const { container: name } = snapshot.target;
    const names = namesOf(task);
    const container = containerOf(task, name);
    if (!container)
      return fail(`The task has no container ${name}.`, `Name one with --container: ${names.join(', ')}`, { names });
    const { lastStatus, healthStatus, runtimeId, exitCode, reason } = container;
    const evidence = { lastStatus, healthStatus, hasRuntimeId: runtimeId !== undefined, exitCode, reason };
    if (lastStatus !== 'RUNNING')
      return fail(
        `The container is ${lastStatus ?? 'in an unknown state'}${reason ? `: ${reason}` : ''}.`,
        'Take another task, or wait.',
        evidence,
      );
    if (runtimeId === undefined)
      return fail(
        'ECS does not know the runtime id of the container, by which a session finds it.',
        'Wait a moment, or take another task.',
        evidence,
      );
    if (healthStatus === 'UNHEALTHY')
      return warn(
        'The container runs, but is unhealthy; ECS will replace it.',
        'Look at its log soon, for it may go.',
        evidence,
      );
    return pass(`The container ${name} runs${healthStatus === 'HEALTHY' ? ' and is healthy' : ''}.`, evidence);
  });
}

function agent(snapshot: ExecSnapshot): Finding {
  return ofTask(snapshot, (task) => {
    const container = containerOf(task, snapshot.target.container);
    if (!container) return skip('There is no such container.');
    const found = agentOf(container);
    const evidence = { agent: statusOf(found), reason: found?.reason, lastStartedAt: found?.lastStartedAt };
    switch (statusOf(found)) {
      case 'RUNNING':
        return startedBefore(found, task)
          ? warn(
              'The agent started before the task did, so it belongs to a container that is gone.',
              'Replace the task.',
              evidence,
            )
          : pass('The agent in the container runs.', evidence);
      case 'PENDING':
        return warn('The agent in the container is starting.', 'Wait a moment and check again.', evidence);
      case 'ABSENT':
        return fail(
          'There is no agent in the container.',
          'Enable ECS Exec for the service and replace the task.',
          evidence,
        );
      default:
        return fail(
          `The agent in the container is ${statusOf(found)}${found?.reason ? `: ${found.reason}` : ''}.`,
          'Mend what the other checks find, then replace the task: an agent that stopped does not come back.',
          evidence,
        );
    }
  });
}

function sidecars(snapshot: ExecSnapshot): Finding {
  return ofTask(snapshot, (task) => {
    const others = (task.containers ?? []).filter(({ name }) => name !== snapshot.target.container);
    const agents = Object.fromEntries(others.map((one) => [one.name ?? '', agentState(one)]));
    const silent = Object.entries(agents).filter(([, state]) => state !== 'RUNNING' && state !== 'NOT OURS');
    if (others.length === 0) return skip('The task has no other containers.');
    if (silent.length > 0)
      return warn(
        `No session opens in ${silent.map(([name, state]) => `${name} (${state})`).join(', ')}.`,
        'That matters only for sessions in these containers.',
        { agents },
      );
    return pass('The agents in the other containers run.', { agents });
  });
}

function agentState(container: Container): string {
  return (container.name ?? '').startsWith(GUARD) ? 'NOT OURS' : statusOf(agentOf(container));
}

function statusOf(found: ManagedAgent | null): string {
  return found === null ? 'ABSENT' : (found.lastStatus ?? 'UNKNOWN');
}

function startedBefore(found: ManagedAgent | null, task: Task): boolean {
  const [agentAt, taskAt] = [found?.lastStartedAt, task.createdAt];
  return agentAt !== undefined && taskAt !== undefined && agentAt < taskAt;
}

function namesOf(task: Task): string[] {
  return (task.containers ?? []).map(({ name }) => name ?? '');
}
