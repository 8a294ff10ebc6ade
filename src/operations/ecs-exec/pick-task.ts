import { type Task } from '@aws-sdk/client-ecs';
import { agentOf, containerOf } from './names.js';

/**
 * The task a shell opens in: the newest of those that run and whose container's agent runs; else the newest that runs,
 * else the newest of all, for the checks to say what is wrong with it. Null when there is none.
 */
export function pickTask(tasks: readonly Task[], container: string): Task | null {
  const newestFirst = [...tasks].sort((a, b) => startOf(b) - startOf(a));
  const running = newestFirst.filter(isRunning);
  return running.find((task) => isOpen(task, container)) ?? running[0] ?? newestFirst[0] ?? null;
}

export function isRunning({ lastStatus }: Task): boolean {
  return lastStatus === 'RUNNING';
}

/** Whether a session can open in the container. */
export function isOpen(task: Task, container: string): boolean {
  return isRunning(task) && agentOf(containerOf(task, container))?.lastStatus === 'RUNNING';
}

function startOf({ startedAt, createdAt }: Task): number {
  return (startedAt ?? createdAt)?.getTime() ?? 0;
}
