import {
  type Cluster,
  type ContainerDefinition,
  type Container,
  type Task,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';

/** The last part of an ARN, or what is given when it is a name already. */
export function nameOf(arnOrName: string): string {
  return arnOrName.slice(arnOrName.lastIndexOf('/') + 1);
}

/** `us-west-2`, when it is an ARN. */
export function regionOf(arnOrName: string): string | null {
  return arnOrName.startsWith('arn:') ? (arnOrName.split(':')[3] ?? null) : null;
}

export function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

export function partitionOf(arn: string): string {
  return arn.split(':')[1] ?? 'aws';
}

/** Where the services of a partition are. */
export function dnsSuffixOf(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn';
  if (region.startsWith('us-isob-')) return 'sc2s.sgov.gov';
  if (region.startsWith('us-iso-')) return 'c2s.ic.gov';
  if (region.startsWith('eusc-')) return 'amazonaws.eu';
  return 'amazonaws.com';
}

export function containerOf(task: Task, name: string): Container | undefined {
  return task.containers?.find((container) => container.name === name);
}

export function definitionOf(definition: TaskDefinition, name: string): ContainerDefinition | undefined {
  return definition.containerDefinitions?.find((container) => container.name === name);
}

/** ECS' word for the agent in the container that opens sessions; null when it knows of none there. */
export function agentOf(container: Container | undefined) {
  return container?.managedAgents?.find(({ name }) => name === 'ExecuteCommandAgent') ?? null;
}

/** Attachments are of several types; the network is in one of them, not always the first. */
export function networkDetail(task: Task, name: string): string | null {
  const attachment = task.attachments?.find(({ type }) => type === 'ElasticNetworkInterface');
  return attachment?.details?.find((detail) => detail.name === name)?.value ?? null;
}

/** How sessions of the cluster are logged and encrypted. */
export function execConfiguration(cluster: Cluster | null) {
  return cluster?.configuration?.executeCommandConfiguration ?? null;
}

/** `NONE`, `DEFAULT` (the container's own log) or `OVERRIDE`; ECS takes DEFAULT when nothing is said. */
export function loggingOf(cluster: Cluster | null): string {
  return execConfiguration(cluster)?.logging ?? 'DEFAULT';
}

/** The log group sessions are written to; null when it is none. */
export function sessionLogGroup(
  cluster: Cluster | null,
  definition: TaskDefinition | null,
  container: string,
): string | null {
  const logging = loggingOf(cluster);
  if (logging === 'OVERRIDE') return execConfiguration(cluster)?.logConfiguration?.cloudWatchLogGroupName ?? null;
  if (logging !== 'DEFAULT' || definition === null) return null;
  const log = definitionOf(definition, container)?.logConfiguration;
  return log?.logDriver === 'awslogs' ? (log.options?.['awslogs-group'] ?? null) : null;
}

/** The bucket sessions are written to; null when it is none. */
export function sessionBucket(cluster: Cluster | null): { name: string; prefix: string; isEncrypted: boolean } | null {
  if (loggingOf(cluster) !== 'OVERRIDE') return null;
  const log = execConfiguration(cluster)?.logConfiguration;
  if (log?.s3BucketName === undefined) return null;
  return { name: log.s3BucketName, prefix: log.s3KeyPrefix ?? '', isEncrypted: log.s3EncryptionEnabled === true };
}
