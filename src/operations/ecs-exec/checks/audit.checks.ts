import { type Cluster } from '@aws-sdk/client-ecs';
import { type LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import { execConfiguration, loggingOf, sessionBucket } from '../names.js';
import { type BucketFacts, type ExecSnapshot, type KeyFacts } from '../snapshot.js';
import { type Check, fail, type Finding, given, pass, skip, unknown, warn } from './check.js';
import { sessionLog } from './session-log.js';

export const auditChecks: Check[] = [
  { id: 'exec.audit.config', run: config },
  { id: 'exec.audit.sink', run: sink },
  { id: 'exec.kms.policy', run: kms },
];

function config({ cluster: input }: ExecSnapshot): Finding {
  return given<[Cluster | null]>([input], (cluster) => {
    if (!cluster) return skip('There is no such cluster.');
    const configured = execConfiguration(cluster);
    const log = configured?.logConfiguration;
    const evidence = {
      logging: loggingOf(cluster),
      kmsKeyId: configured?.kmsKeyId ?? null,
      logGroup: log?.cloudWatchLogGroupName ?? null,
      isLogGroupEncrypted: log?.cloudWatchEncryptionEnabled ?? null,
      bucket: log?.s3BucketName ?? null,
      prefix: log?.s3KeyPrefix ?? null,
      isBucketEncrypted: log?.s3EncryptionEnabled ?? null,
    };
    if (configured === null)
      return warn(
        'The cluster says nothing about sessions: they go to the log of the container, if it has one, and are not encrypted with a key of their own.',
        'Set executeCommandConfiguration of the cluster: logging OVERRIDE, a log group and a KMS key.',
        evidence,
      );
    if (evidence.logging === 'NONE')
      return warn(
        'Sessions are not logged.',
        'Set logging OVERRIDE and a log group in executeCommandConfiguration of the cluster.',
        evidence,
      );
    return pass(`Sessions are logged (${evidence.logging}).`, evidence);
  });
}

function sink(snapshot: ExecSnapshot): Finding {
  return given<[Cluster | null, string | null, LogGroup | null, BucketFacts | null]>(
    [snapshot.cluster, sessionLog(snapshot), snapshot.logGroup, snapshot.bucket],
    (cluster, wantedGroup, group, bucket) => {
      const wantedBucket = sessionBucket(cluster);
      if (wantedGroup === null && wantedBucket === null) return skip('Sessions are logged nowhere.');
      const evidence = {
        logGroup: wantedGroup,
        retentionInDays: group?.retentionInDays ?? null,
        groupKey: group?.kmsKeyId ?? null,
        bucket,
      };
      if (wantedGroup !== null && group === null)
        return fail(
          `There is no log group ${wantedGroup}, and sessions end when they cannot be logged.`,
          'Create it.',
          evidence,
        );
      if (wantedBucket !== null && bucket === null)
        return fail(
          `There is no bucket ${wantedBucket.name}, and sessions end when they cannot be logged.`,
          'Create it.',
          evidence,
        );
      if (
        execConfiguration(cluster)?.logConfiguration?.cloudWatchEncryptionEnabled === true &&
        group !== null &&
        group.kmsKeyId === undefined
      )
        return fail(
          `The log group ${wantedGroup ?? ''} must be encrypted, and is not.`,
          'Give it a KMS key, or switch cloudWatchEncryptionEnabled off.',
          evidence,
        );
      if (wantedBucket?.isEncrypted === true && bucket?.encryption === null)
        return fail(
          `The bucket ${wantedBucket.name} must be encrypted, and is not.`,
          'Encrypt it, or switch s3EncryptionEnabled off.',
          evidence,
        );
      if (group !== null && group.retentionInDays === undefined)
        return warn(`The log group ${wantedGroup ?? ''} keeps everything for ever.`, 'Set its retention.', evidence);
      return pass(
        `Sessions are logged to ${[wantedGroup, wantedBucket?.name].filter(Boolean).join(' and ')}.`,
        evidence,
      );
    },
  );
}

function kms({ key: input }: ExecSnapshot): Finding {
  return given<[KeyFacts | null]>([input], (key) => {
    if (key === null) return skip('Sessions are not encrypted with a key of their own.');
    const { arn, state, isEnabled, policy } = key;
    if (!isEnabled)
      return fail(
        `The key of sessions is ${state}.`,
        'Enable it, or take another one in executeCommandConfiguration of the cluster.',
        { arn, state },
      );
    if (policy === null)
      return unknown(
        'The key is enabled; what its policy says cannot be read.',
        'Ask whoever administers the account for kms:GetKeyPolicy.',
        { arn, permission: 'kms:GetKeyPolicy' },
      );
    if (!allowsAnybody(policy))
      return warn(
        'The policy of the key does not leave it to IAM who may use it, so only those it names can.',
        'Make sure that it names the role of the task (kms:Decrypt) and you (kms:GenerateDataKey).',
        { arn },
      );
    return pass('The key is enabled, and IAM says who may use it.', { arn });
  });
}

/** Whether the policy allows the account itself: then policies of IAM decide. */
function allowsAnybody(policy: string): boolean {
  const { Statement = [] } = JSON.parse(policy) as { Statement?: Statement | Statement[] };
  return [Statement].flat().some(({ Effect, Principal, Action, Condition }) => {
    const principals = typeof Principal === 'string' ? [Principal] : [Principal?.AWS ?? []].flat();
    const isAccount = principals.some((one) => one === '*' || /^\d{12}$/.test(one) || one.endsWith(':root'));
    const isAll = [Action ?? []].flat().some((action) => action === 'kms:*' || action === '*');
    return Effect === 'Allow' && Condition === undefined && isAccount && isAll;
  });
}

interface Statement {
  Effect?: string;
  Principal?: string | { AWS?: string | string[] };
  Action?: string | string[];
  Condition?: unknown;
}
