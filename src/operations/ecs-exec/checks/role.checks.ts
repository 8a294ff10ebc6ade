import { type Cluster, type Task } from '@aws-sdk/client-ecs';
import { execConfiguration, sessionBucket } from '../names.js';
import { CHANNEL_ACTIONS, DECRYPT, LIST_LOGS, LOG_ACTIONS, PUT_OBJECT, READ_ENCRYPTION } from '../required-rights.js';
import { type ExecSnapshot, type RoleFacts } from '../snapshot.js';
import { type Check, fail, type Finding, given, NO_TASK, pass, skip } from './check.js';
import { mustBeAllowed } from './rights.js';
import { sessionLog } from './session-log.js';

const WHO = 'the role of the task';

export const roleChecks: Check[] = [
  { id: 'exec.role.present', run: present },
  { id: 'exec.role.trust', run: trust },
  {
    id: 'exec.role.ssmmessages',
    run: (snapshot) => ofRole(snapshot, () => mustBeAllowed(snapshot.roleRights, CHANNEL_ACTIONS, WHO)),
  },
  { id: 'exec.role.kms', run: kms },
  { id: 'exec.role.s3', run: s3 },
  { id: 'exec.role.logs', run: logs },
];

function present(snapshot: ExecSnapshot): Finding {
  return ofRole(
    snapshot,
    ({ arn, from, trust: document }) =>
      document.isRead && document.value === null
        ? fail(`The ${from} names the role ${arn}, which does not exist.`, 'Deploy it, or name another one.', {
            arn,
            from,
          })
        : pass(`The role is ${arn}, named by the ${from}.`, { arn, from }),
    () =>
      fail(
        'The task has no role, so the agent in the container is not let in.',
        'Set taskRoleArn in the task definition.',
      ),
  );
}

/** Roles of tasks are taken on by ECS; that of an instance profile belongs to the machine. */
function trust(snapshot: ExecSnapshot): Finding {
  return ofRole(snapshot, ({ trust: input, from }) => {
    if (from === 'instance profile') return skip('The role belongs to the machine, not to the task.');
    return given<[string | null]>([input], (document) => {
      if (document === null) return skip('There is no such role.');
      const trusted = trustedServices(document);
      if (trusted.includes('ecs-tasks.amazonaws.com')) return pass('ECS may take the role on for tasks.');
      return fail(
        'ECS may not take the role on for tasks.',
        'Allow sts:AssumeRole to the service ecs-tasks.amazonaws.com in its trust policy.',
        { trusted },
      );
    });
  });
}

function kms(snapshot: ExecSnapshot): Finding {
  return ofRole(snapshot, () =>
    given<[Cluster | null]>([snapshot.cluster], (cluster) =>
      execConfiguration(cluster)?.kmsKeyId === undefined
        ? skip('Sessions are not encrypted with a key of their own.')
        : mustBeAllowed(snapshot.roleRights, [DECRYPT], WHO),
    ),
  );
}

function s3(snapshot: ExecSnapshot): Finding {
  return ofRole(snapshot, () =>
    given<[Cluster | null]>([snapshot.cluster], (cluster) =>
      sessionBucket(cluster) === null
        ? skip('Sessions are not logged to a bucket.')
        : mustBeAllowed(snapshot.roleRights, [PUT_OBJECT, READ_ENCRYPTION], WHO),
    ),
  );
}

function logs(snapshot: ExecSnapshot): Finding {
  return ofRole(snapshot, () =>
    given<[string | null]>([sessionLog(snapshot)], (group) =>
      group === null
        ? skip('Sessions are not logged to a log group.')
        : mustBeAllowed(snapshot.roleRights, [LIST_LOGS, ...LOG_ACTIONS], WHO),
    ),
  );
}

/** With no role there is nothing to look at; {@link present} says so. */
function ofRole(
  snapshot: ExecSnapshot,
  rule: (role: RoleFacts) => Finding,
  without: () => Finding = () => skip('The task has no role.'),
): Finding {
  return given<[Task | null, RoleFacts | null]>([snapshot.task, snapshot.role], (task, role) => {
    if (!task) return NO_TASK;
    return role ? rule(role) : without();
  });
}

function trustedServices(document: string): string[] {
  const { Statement = [] } = JSON.parse(document) as { Statement?: Statement | Statement[] };
  return [Statement].flat().flatMap(({ Effect, Principal }) => {
    if (Effect !== 'Allow' || typeof Principal !== 'object') return [];
    return [Principal.Service ?? []].flat();
  });
}

interface Statement {
  Effect?: string;
  Principal?: string | { Service?: string | string[] };
}
