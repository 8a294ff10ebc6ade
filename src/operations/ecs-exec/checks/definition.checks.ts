import { type ContainerDefinition, type TaskDefinition } from '@aws-sdk/client-ecs';
import { definitionOf } from '../names.js';
import { type ExecSnapshot } from '../snapshot.js';
import { environmentCheck, proxyCheck } from './environment.checks.js';
import { type Check, fail, type Finding, given, pass, skip, warn } from './check.js';

/** Where the agent in the container writes; with volumes there it works in a container that is read-only otherwise. */
const AGENT_MOUNTS = ['/managed-agents', '/var/lib/amazon/ssm', '/var/log/amazon/ssm'];
/** Fargate kills what has not stopped by then. */
const LONGEST_STOP_SECONDS = 120;
/** What ECS takes when nothing is said. */
const USUAL_STOP_SECONDS = 30;
/** Runs are interrupted and stored within PS_SHUTDOWN_GRACE_SECONDS (docs/container.md). */
const NEEDED_STOP_SECONDS = 101;

export const definitionChecks: Check[] = [
  { id: 'exec.taskdef.init', run: (snapshot) => ofContainer(snapshot, init) },
  { id: 'exec.taskdef.pid', run: (snapshot) => ofDefinition(snapshot, pid) },
  { id: 'exec.taskdef.rootfs', run: (snapshot) => ofContainer(snapshot, rootfs) },
  { id: 'exec.taskdef.restart', run: (snapshot) => ofContainer(snapshot, restart) },
  { id: 'exec.taskdef.stop', run: (snapshot) => ofContainer(snapshot, stop) },
  { id: 'exec.taskdef.env', run: (snapshot) => ofContainer(snapshot, environmentCheck) },
  { id: 'exec.taskdef.proxy', run: (snapshot) => ofContainer(snapshot, proxyCheck) },
  { id: 'exec.taskdef.shell', run: shell },
];

function init({ linuxParameters }: ContainerDefinition): Finding {
  if (linuxParameters?.initProcessEnabled === true) return pass('An init process removes what sessions leave behind.');
  return warn(
    'No init process is enabled by the task definition; processes sessions leave behind stay as zombies unless the image brings one.',
    'Set linuxParameters.initProcessEnabled. The image of this service has tini, which does the same.',
  );
}

function pid({ pidMode }: TaskDefinition): Finding {
  if (pidMode !== 'task') return pass('The containers do not share their processes.', { pidMode: pidMode ?? 'none' });
  return warn(
    'The containers of the task share their processes (pidMode task), so that a session opens in one of them only.',
    'Remove pidMode, unless a sidecar needs it.',
    { pidMode },
  );
}

function rootfs(container: ContainerDefinition): Finding {
  if (container.readonlyRootFilesystem !== true) return pass('The agent can write in the container.');
  const writable = (container.mountPoints ?? [])
    .filter(({ readOnly }) => readOnly !== true)
    .map(({ containerPath }) => containerPath);
  const missing = AGENT_MOUNTS.filter((path) => !writable.includes(path));
  if (missing.length === 0)
    return warn(
      'The container is read-only, with volumes where the agent writes. That works, but AWS does not support it.',
      'Nothing, as long as sessions open.',
      { writable },
    );
  return fail(
    'The container is read-only, and the agent cannot write.',
    `Mount volumes at ${missing.join(', ')}, or set readonlyRootFilesystem to false.`,
    { writable, missing },
  );
}

function restart({ restartPolicy }: ContainerDefinition): Finding {
  if (restartPolicy?.enabled !== true) return pass('ECS replaces the task when the container ends.');
  return warn(
    'ECS restarts the container in its place (restartPolicy), and the agent does not always come back with it.',
    'Replace the task when a session does not open, or switch the policy off.',
    { restartPolicy },
  );
}

function stop({ stopTimeout }: ContainerDefinition): Finding {
  const seconds = stopTimeout ?? USUAL_STOP_SECONDS;
  const evidence = { seconds, isSet: stopTimeout !== undefined };
  if (seconds > LONGEST_STOP_SECONDS)
    return fail(
      `stopTimeout is ${seconds} s, and Fargate takes ${LONGEST_STOP_SECONDS} at most.`,
      `Set it to ${LONGEST_STOP_SECONDS}.`,
      evidence,
    );
  if (seconds < NEEDED_STOP_SECONDS)
    return warn(
      `The container is killed ${seconds} s after it was asked to stop; the service needs up to 100 to bring runs to an end.`,
      `Set stopTimeout to ${LONGEST_STOP_SECONDS}.`,
      evidence,
    );
  return pass(`The container has ${seconds} s to stop.`, evidence);
}

function shell(snapshot: ExecSnapshot): Finding {
  return ofContainer(snapshot, ({ image }) =>
    skip(
      'Whether the image has /bin/sh, and script and cat for logged sessions, cannot be seen from here. The image of this service has them.',
      { image },
    ),
  );
}

function ofDefinition(snapshot: ExecSnapshot, rule: (definition: TaskDefinition) => Finding): Finding {
  return given<[TaskDefinition | null]>([snapshot.definition], (definition) =>
    definition ? rule(definition) : skip('There is no task definition to look at.'),
  );
}

function ofContainer(snapshot: ExecSnapshot, rule: (container: ContainerDefinition) => Finding): Finding {
  return ofDefinition(snapshot, (definition) => {
    const container = definitionOf(definition, snapshot.target.container);
    return container ? rule(container) : skip(`The task definition has no container ${snapshot.target.container}.`);
  });
}
