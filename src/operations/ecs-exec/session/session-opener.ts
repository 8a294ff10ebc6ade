import { type Task } from '@aws-sdk/client-ecs';
import { type AwsClients } from '../../../aws/aws-clients.service.js';
import { errorMessage } from '../../../common/errors/domain-error.js';
import { errorName } from '../../../aws/aws.errors.js';
import { ExecRefusedError, ExecSessionError } from '../ecs-exec.errors.js';
import { throwIfOver } from '../fetch/reading.js';
import { containerOf, nameOf } from '../names.js';
import { type OpenedSession } from './plugin.js';

const ADVICE: Record<string, string> = {
  TargetNotConnectedException:
    'The agent in the container has no connection to AWS. psctl ecs check says why: mostly the role of the task, the way to ssmmessages, or credentials in the environment.',
  InvalidParameterException: 'ECS Exec is not enabled for the task, or its agent does not run. Run psctl ecs check.',
  AccessDeniedException: 'Ask whoever administers the account for ecs:ExecuteCommand on the task and on the cluster.',
  ClusterNotFoundException: 'Check the name of the cluster, the region and the account.',
  ClientException: 'Run psctl ecs check.',
};

/** Opens and ends sessions of ECS Exec. */
export class SessionOpener {
  constructor(private readonly clients: AwsClients) {}

  /** Throws {@link ExecRefusedError} with what to do. */
  async open(task: Task, container: string, command: string): Promise<OpenedSession> {
    const { ExecuteCommandCommand } = await import('@aws-sdk/client-ecs');
    const ecs = await this.clients.ecs();
    const { clusterArn: cluster, taskArn } = task;
    try {
      // Sessions without a terminal are not to be had.
      const asked = { cluster, task: taskArn, container, command, interactive: true };
      const { session } = await ecs.send(new ExecuteCommandCommand(asked));
      const { sessionId, streamUrl, tokenValue } = session ?? {};
      if (!sessionId || !streamUrl || !tokenValue) throw new Error('ECS answered without a session');
      return { sessionId, streamUrl, tokenValue };
    } catch (error) {
      throwIfOver(error);
      const advice = ADVICE[errorName(error)] ?? 'Try again, and run psctl ecs check.';
      throw new ExecRefusedError(`ECS opened no session (${errorMessage(error)}). ${advice}`, { cause: error });
    }
  }

  /** Ends a session nobody uses; it would stay open for twenty minutes. That it cannot be ended is only said. */
  async end({ sessionId }: OpenedSession): Promise<string | null> {
    const { TerminateSessionCommand } = await import('@aws-sdk/client-ssm');
    try {
      await (await this.clients.ssm()).send(new TerminateSessionCommand({ SessionId: sessionId }));
      return null;
    } catch (error) {
      return `The session ${sessionId} could not be ended (${errorMessage(error)}); it ends by itself after 20 minutes.`;
    }
  }
}

/** What the plugin calls a container: cluster, task and runtime id. Throws {@link ExecSessionError} when it has none. */
export function sessionTarget(task: Task, container: string): string {
  const runtimeId = containerOf(task, container)?.runtimeId;
  if (runtimeId === undefined)
    throw new ExecSessionError(
      `ECS does not know the runtime id of the container ${container}. Wait a moment and try again.`,
    );
  return `ecs:${nameOf(task.clusterArn ?? '')}_${nameOf(task.taskArn ?? '')}_${runtimeId}`;
}
