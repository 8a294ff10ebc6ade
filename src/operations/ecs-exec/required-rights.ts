import { type ContextValue, type SimulationRequest } from '../../aws/policy-simulation.types.js';

type Wanted = SimulationRequest['wanted'];

/** How the agent in the container reaches the person. */
export const CHANNEL_ACTIONS = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
] as const;
export const LOG_ACTIONS = ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'] as const;
export const LIST_LOGS = 'logs:DescribeLogGroups';
export const PUT_OBJECT = 's3:PutObject';
export const READ_ENCRYPTION = 's3:GetEncryptionConfiguration';
export const DECRYPT = 'kms:Decrypt';

export const EXECUTE = 'ecs:ExecuteCommand';
export const DESCRIBE_TASKS = 'ecs:DescribeTasks';
/** For ending a session in order, and going on with one after the connection broke. */
export const SESSION_ACTIONS = ['ssm:TerminateSession', 'ssm:ResumeSession'] as const;
export const START_SESSION = 'ssm:StartSession';
export const DATA_KEY = 'kms:GenerateDataKey';

/** What the rights are asked about. */
export interface RightsSubject {
  partition: string;
  region: string;
  account: string;
  keyArn: string | null;
  logGroup: string | null;
  bucket: { name: string; prefix: string; isEncrypted: boolean } | null;
}

/** What the role of the task is asked for. */
export function roleWanted({ partition, region, account, keyArn, logGroup, bucket }: RightsSubject): Wanted {
  const group = `arn:${partition}:logs:${region}:${account}:log-group:${logGroup ?? ''}:*`;
  const bucketArn = `arn:${partition}:s3:::${bucket?.name ?? ''}`;
  const prefix = bucket?.prefix.replace(/\/$/, '') ?? '';
  const objects = prefix === '' ? `${bucketArn}/*` : `${bucketArn}/${prefix}/*`;
  return [
    ...CHANNEL_ACTIONS.map((action) => ({ action, resources: ['*'] })),
    ...(keyArn === null ? [] : [{ action: DECRYPT, resources: [keyArn] }]),
    ...(bucket === null ? [] : [{ action: PUT_OBJECT, resources: [objects] }]),
    ...(bucket?.isEncrypted === true ? [{ action: READ_ENCRYPTION, resources: [bucketArn] }] : []),
    ...(logGroup === null ? [] : [{ action: LIST_LOGS, resources: ['*'] }]),
    ...(logGroup === null ? [] : LOG_ACTIONS.map((action) => ({ action, resources: [group] }))),
  ];
}

/** What the person is asked for. */
export function callerWanted(
  { partition, region, account, keyArn }: RightsSubject,
  clusterArn: string,
  taskArn: string,
): Wanted {
  return [
    { action: EXECUTE, resources: [taskArn, clusterArn] },
    { action: DESCRIBE_TASKS, resources: [taskArn] },
    ...SESSION_ACTIONS.map((action) => ({
      action,
      resources: [`arn:${partition}:ssm:${region}:${account}:session/*`],
    })),
    { action: START_SESSION, resources: [taskArn] },
    ...(keyArn === null ? [] : [{ action: DATA_KEY, resources: [keyArn] }]),
  ];
}

/** What conditions of policies for sessions are usually about. */
export function callerContext(facts: {
  region: string;
  clusterArn: string;
  taskArn: string;
  container: string;
  tags: readonly { key?: string | undefined; value?: string | undefined }[];
  hasSecondFactor: boolean | null;
}): ContextValue[] {
  const { region, clusterArn, taskArn, container, tags, hasSecondFactor } = facts;
  const text = (key: string, value: string): ContextValue => ({ key, type: 'string', values: [value] });
  return [
    text('aws:RequestedRegion', region),
    text('ecs:cluster', clusterArn),
    text('ecs:task', taskArn),
    text('ecs:container-name', container),
    ...tags.flatMap(({ key, value }) => (key === undefined ? [] : [text(`aws:ResourceTag/${key}`, value ?? '')])),
    { key: 'aws:SecureTransport', type: 'boolean', values: ['true'] },
    ...(hasSecondFactor === null
      ? []
      : [{ key: 'aws:MultiFactorAuthPresent', type: 'boolean' as const, values: [String(hasSecondFactor)] }]),
  ];
}
