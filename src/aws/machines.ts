import {
  type EC2Client,
  type Filter,
  GetConsoleOutputCommand,
  type Instance,
  paginateDescribeInstances,
} from '@aws-sdk/client-ec2';
import { type Machine, type Tag } from './aws.types.js';

export async function countRunning(client: EC2Client, { key, value }: Tag): Promise<number> {
  let count = 0;
  const filters = [
    { Name: `tag:${key}`, Values: [value] },
    { Name: 'instance-state-name', Values: ['running'] },
  ];
  for await (const instances of describe(client, filters)) count += instances.length;
  return count;
}

export async function listMachines(client: EC2Client, { key, value }: Tag): Promise<Machine[]> {
  const machines: Machine[] = [];
  for await (const instances of describe(client, [{ Name: `tag:${key}`, Values: [value] }]))
    machines.push(...instances.flatMap(asMachine));
  return machines;
}

export async function consoleOutput(client: EC2Client, instanceId: string): Promise<string> {
  const { Output: encoded } = await client.send(new GetConsoleOutputCommand({ InstanceId: instanceId }));
  return Buffer.from(encoded ?? '', 'base64').toString('utf8');
}

/** Page by page: an account may have more machines than one answer holds. */
async function* describe(client: EC2Client, Filters: Filter[]): AsyncIterable<Instance[]> {
  for await (const { Reservations = [] } of paginateDescribeInstances({ client }, { Filters }))
    yield Reservations.flatMap(({ Instances = [] }) => Instances);
}

function asMachine(instance: Instance): Machine[] {
  const { InstanceId: id, Tags: tags, State: state, StateReason: reason, InstanceType: instanceType } = instance;
  const { PrivateIpAddress: privateAddress, PublicIpAddress: publicAddress, LaunchTime: launchedAt } = instance;
  if (id === undefined) return [];
  return [
    {
      id,
      name: tags?.find(({ Key }) => Key === 'Name')?.Value ?? null,
      state: state?.Name ?? 'unknown',
      stateReason: reason?.Message ?? null,
      instanceType: instanceType ?? null,
      privateAddress: privateAddress ?? null,
      publicAddress: publicAddress ?? null,
      launchedAt: launchedAt ?? null,
    },
  ];
}
