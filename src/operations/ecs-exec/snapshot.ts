import { type LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import {
  type NetworkAcl,
  type NetworkInterface,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import {
  type Cluster,
  type ContainerInstance,
  type Service,
  type ServiceDeploymentBrief,
  type Task,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { type CallerIdentity } from '../../aws/aws.types.js';
import { type SimulationOutcome } from '../../aws/policy-simulation.types.js';
import { type ExecOrigin, type ExecTarget } from './ecs-exec.types.js';

/** Something AWS was asked for: what it told, or why it could not be read. */
export type Input<T> = { isRead: true; value: T } | { isRead: false; why: string; permission: string | null };

/** The plugin that carries sessions, on the machine of the person. */
export interface PluginFacts {
  path: string | null;
  /** Null when it does not tell. */
  version: string | null;
}

export interface CredentialFacts {
  expiresAt: Date | null;
  /** Keys of a user, which do not end by themselves. */
  areLongTerm: boolean;
  /** Null when that is not known. */
  hasSecondFactor: boolean | null;
}

/** The role the agent in the container works with. */
export interface RoleFacts {
  arn: string;
  /** Where it is named. */
  from: 'task' | 'task definition' | 'instance profile';
  /** The document of who may take it on; null when there is no such role. */
  trust: Input<string | null>;
}

export interface KeyFacts {
  arn: string;
  isEnabled: boolean;
  state: string;
  /** The document; null when it may not be read. */
  policy: string | null;
}

export interface BucketFacts {
  name: string;
  region: string;
  /** Algorithm of the encryption by default; null when there is none. */
  encryption: string | null;
}

/** What belongs to the network of the task. */
export interface NetworkFacts {
  subnet: Subnet;
  networkInterface: NetworkInterface | null;
  /** Of the whole VPC. */
  routeTables: RouteTable[];
  endpoints: VpcEndpoint[];
  /** Availability zones each endpoint has addresses in, by its id. */
  endpointZones: Record<string, string[]>;
  /** Of the task and of the endpoints. */
  securityGroups: SecurityGroup[];
  /** Of the subnet. */
  networkAcls: NetworkAcl[];
}

/** Everything the checks look at, read once. A null value says that there is none. */
export interface ExecSnapshot {
  target: ExecTarget;
  origin: ExecOrigin;
  region: string;
  /** What the variables AWS_REGION and AWS_DEFAULT_REGION say; null when they are not set. */
  shellRegion: string | null;
  takenAt: Date;
  plugin: PluginFacts;
  credentials: CredentialFacts;
  identity: Input<CallerIdentity>;
  cluster: Input<Cluster | null>;
  /** Null when the task belongs to no service. */
  service: Input<Service | null>;
  deployment: Input<ServiceDeploymentBrief | null>;
  /** Those the target can be, with ones that have just stopped when none runs. */
  tasks: Input<Task[]>;
  /** The one that was picked of them. */
  task: Input<Task | null>;
  definition: Input<TaskDefinition | null>;
  /** Of tasks on EC2 only. */
  containerInstance: Input<ContainerInstance | null>;
  role: Input<RoleFacts | null>;
  roleRights: Input<SimulationOutcome[]>;
  callerRights: Input<SimulationOutcome[]>;
  /** Null when sessions are not encrypted with a key of their own. */
  key: Input<KeyFacts | null>;
  /** The one sessions are logged to; null when there is none. */
  logGroup: Input<LogGroup | null>;
  bucket: Input<BucketFacts | null>;
  /** Null for tasks without a network interface of their own. */
  network: Input<NetworkFacts | null>;
}

export function read<T>(value: T): Input<T> {
  return { isRead: true, value };
}

export function unreadable(
  why: string,
  permission: string | null,
): { isRead: false; why: string; permission: string | null } {
  return { isRead: false, why, permission };
}

/** The value, or null where it could not be read: for what only helps to find something else. */
export function valueOf<T>(input: Input<T>): T | null {
  return input.isRead ? input.value : null;
}
