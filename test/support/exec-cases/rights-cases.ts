import { read } from '../../../src/operations/ecs-exec/snapshot.js';
import { hidden, KEY_ARN } from '../exec-snapshot.js';
import { type Case, both, of, exec, noTask, noRole, notLogged, hide, right, DENIED, UNKNOWN } from './spoils.js';

export const rightsCases: Case[] = [
  ['exec.role.present', 'fail', 'there is none', noRole],
  ['exec.role.present', 'skip', 'there is no task', noTask],
  ['exec.role.present', 'unknown', 'the definition may not be read', hide('role', 'ecs:DescribeTaskDefinition')],
  [
    'exec.role.trust',
    'fail',
    'it trusts another service',
    (s) =>
      (of(s.role).trust = read(
        JSON.stringify({
          Statement: { Effect: 'Allow', Principal: { Service: ['ec2.amazonaws.com'] } },
        }),
      )),
  ],
  [
    'exec.role.trust',
    'fail',
    'it denies it',
    (s) =>
      (of(s.role).trust = read(
        JSON.stringify({
          Statement: { Effect: 'Deny', Principal: { Service: 'ecs-tasks.amazonaws.com' } },
        }),
      )),
  ],
  ['exec.role.trust', 'fail', 'it trusts nobody', (s) => (of(s.role).trust = read('{}'))],
  ['exec.role.trust', 'skip', 'there is no such role', (s) => (of(s.role).trust = read(null))],
  ['exec.role.present', 'fail', 'it does not exist', (s) => (of(s.role).trust = read(null))],
  ['exec.role.present', 'pass', 'it must not be looked at', (s) => (of(s.role).trust = hidden('iam:GetRole'))],
  ['exec.role.trust', 'skip', 'the role is that of the machine', (s) => (of(s.role).from = 'instance profile')],
  ['exec.role.trust', 'unknown', 'it may not be read', (s) => (of(s.role).trust = hidden('iam:GetRole'))],
  ['exec.role.ssmmessages', 'fail', 'one action is denied', right('roleRights', 'ssmmessages:OpenDataChannel', DENIED)],
  [
    'exec.role.ssmmessages',
    'unknown',
    'IAM does not tell',
    right('roleRights', 'ssmmessages:OpenDataChannel', UNKNOWN),
  ],
  ['exec.role.ssmmessages', 'skip', 'there is no role', noRole],
  ['exec.role.kms', 'fail', 'it may not decrypt', right('roleRights', 'kms:Decrypt', DENIED)],
  ['exec.role.kms', 'skip', 'there is no key', (s) => (exec(s).kmsKeyId = undefined)],
  ['exec.role.kms', 'unknown', 'nothing was simulated', hide('roleRights', 'iam:SimulatePrincipalPolicy')],
  ['exec.role.s3', 'fail', 'it may not write', right('roleRights', 's3:PutObject', DENIED)],
  [
    'exec.role.s3',
    'fail',
    'it may not see the encryption',
    right('roleRights', 's3:GetEncryptionConfiguration', DENIED),
  ],
  ['exec.role.s3', 'skip', 'nothing is logged', notLogged],
  ['exec.role.s3', 'unknown', 'nothing was simulated', hide('roleRights', 'iam:SimulatePrincipalPolicy')],
  [
    'exec.role.logs',
    'unknown',
    'the container says where, and must not be looked at',
    both((s) => (exec(s).logging = 'DEFAULT'), hide('definition', 'ecs:DescribeTaskDefinition')),
  ],
  ['exec.role.logs', 'fail', 'it may not write', right('roleRights', 'logs:PutLogEvents', DENIED)],
  ['exec.role.logs', 'skip', 'nothing is logged', notLogged],
  ['exec.role.logs', 'unknown', 'nothing was simulated', hide('roleRights', 'iam:SimulatePrincipalPolicy')],
  ['exec.caller.execute', 'fail', 'it is denied', right('callerRights', 'ecs:ExecuteCommand', DENIED)],
  [
    'exec.caller.execute',
    'fail',
    'it is allowed on the task, and not on the cluster',
    (s) =>
      Object.assign(
        of(s.callerRights).find(({ resource }) => resource.includes(':cluster/'))!,
        both,
        DENIED,
      ),
  ],
  ['exec.caller.execute', 'unknown', 'IAM does not tell', right('callerRights', 'ecs:ExecuteCommand', UNKNOWN)],
  ['exec.caller.execute', 'skip', 'there is no task', noTask],
  ['exec.caller.describe', 'fail', 'tasks may not be described', right('callerRights', 'ecs:DescribeTasks', DENIED)],
  ['exec.caller.describe', 'warn', 'sessions may not be ended', right('callerRights', 'ssm:TerminateSession', DENIED)],
  [
    'exec.caller.describe',
    'warn',
    'nobody knows whether sessions may be ended',
    right('callerRights', 'ssm:TerminateSession', { ...UNKNOWN, missingPermission: null }),
  ],
  ['exec.caller.describe', 'unknown', 'IAM does not tell', right('callerRights', 'ecs:DescribeTasks', UNKNOWN)],
  ['exec.caller.describe', 'skip', 'there is no task', noTask],
  [
    'exec.caller.startsession',
    'warn',
    'it is allowed',
    right('callerRights', 'ssm:StartSession', { verdict: 'allowed', deniedBy: null }),
  ],
  [
    'exec.caller.startsession',
    'unknown',
    'IAM does not tell',
    right('callerRights', 'ssm:StartSession', { ...UNKNOWN, deniedBy: null }),
  ],
  ['exec.caller.startsession', 'skip', 'there is no task', noTask],
  ['exec.caller.kms', 'fail', 'it is denied', right('callerRights', 'kms:GenerateDataKey', DENIED)],
  ['exec.caller.kms', 'skip', 'there is no key', (s) => (s.key = read(null))],
  ['exec.caller.kms', 'unknown', 'the key may not be read', hide('key', 'kms:DescribeKey')],
  [
    'exec.scp',
    'fail',
    'an organization blocks the role',
    right('roleRights', 'ssmmessages:OpenDataChannel', { ...DENIED, deniedBy: 'scp' }),
  ],
  [
    'exec.scp',
    'pass',
    'it blocks only what is better blocked',
    right('callerRights', 'ssm:StartSession', { ...DENIED, deniedBy: 'scp' }),
  ],
  [
    'exec.scp',
    'unknown',
    'IAM tells nothing',
    (s) => {
      for (const one of [...of(s.callerRights), ...of(s.roleRights)]) Object.assign(one, UNKNOWN);
    },
  ],
  ['exec.scp', 'skip', 'there is no task', noTask],
  ['exec.audit.config', 'warn', 'nothing is configured', (s) => (of(s.cluster).configuration = undefined)],
  ['exec.audit.config', 'warn', 'nothing is logged', notLogged],
  ['exec.audit.config', 'skip', 'there is no cluster', (s) => (s.cluster = read(null))],
  ['exec.audit.config', 'unknown', 'the cluster may not be read', hide('cluster', 'ecs:DescribeClusters')],
  [
    'exec.audit.sink',
    'unknown',
    'the container says where, and must not be looked at',
    both((s) => (exec(s).logging = 'DEFAULT'), hide('definition', 'ecs:DescribeTaskDefinition')),
  ],
  ['exec.audit.sink', 'fail', 'there is no log group', (s) => (s.logGroup = read(null))],
  ['exec.audit.sink', 'fail', 'there is no bucket', (s) => (s.bucket = read(null))],
  ['exec.audit.sink', 'fail', 'the log group is not encrypted', (s) => (of(s.logGroup).kmsKeyId = undefined)],
  ['exec.audit.sink', 'fail', 'the bucket is not encrypted', (s) => (of(s.bucket).encryption = null)],
  ['exec.audit.sink', 'warn', 'everything is kept for ever', (s) => (of(s.logGroup).retentionInDays = undefined)],
  ['exec.audit.sink', 'skip', 'nothing is logged', notLogged],
  ['exec.audit.sink', 'unknown', 'log groups may not be read', hide('logGroup', 'logs:DescribeLogGroups')],
  [
    'exec.kms.policy',
    'fail',
    'the key is disabled',
    (s) => Object.assign(of(s.key), { isEnabled: false, state: 'Disabled' }),
  ],
  [
    'exec.kms.policy',
    'warn',
    'only its policy counts',
    (s) =>
      (of(s.key).policy = JSON.stringify({
        Statement: { Effect: 'Allow', Principal: { AWS: KEY_ARN }, Action: ['kms:Decrypt'] },
      })),
  ],
  ['exec.kms.policy', 'unknown', 'its policy may not be read', (s) => (of(s.key).policy = null)],
  ['exec.kms.policy', 'skip', 'there is none', (s) => (s.key = read(null))],
];
