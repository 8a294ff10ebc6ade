import { type Cluster, type Task, type TaskDefinition } from '@aws-sdk/client-ecs';
import { type AwsClients } from '../../../aws/aws-clients.service.js';
import { type CallerIdentity } from '../../../aws/aws.types.js';
import { type CallerIdentityService } from '../../../aws/caller-identity.service.js';
import { type SimulationOutcome, type SimulationRequest } from '../../../aws/policy-simulation.types.js';
import { type PolicySimulatorService } from '../../../aws/policy-simulator.service.js';
import { type ExecOrigin, type ExecTarget } from '../ecs-exec.types.js';
import { accountOf, execConfiguration, nameOf, partitionOf, sessionBucket, sessionLogGroup } from '../names.js';
import { pickTask } from '../pick-task.js';
import { callerContext, callerWanted, type RightsSubject, roleWanted } from '../required-rights.js';
import {
  type CredentialFacts,
  type ExecSnapshot,
  type Input,
  type KeyFacts,
  type PluginFacts,
  read,
  unreadable,
  valueOf,
} from '../snapshot.js';
import { AuditReader } from './audit-reader.js';
import { EcsReader } from './ecs-reader.js';
import { NetworkReader } from './network-reader.js';
import { nothing, reading, readingAlways } from './reading.js';
import { RoleReader } from './role-reader.js';

/** What is known before AWS is asked. */
export interface LocalFacts {
  target: ExecTarget;
  origin: ExecOrigin;
  region: string;
  shellRegion: string | null;
  takenAt: Date;
  plugin: PluginFacts;
  credentials: CredentialFacts;
}

type FromEcs = Pick<ExecSnapshot, 'identity' | 'cluster' | 'service' | 'tasks' | 'task' | 'definition'>;

const NOT_ASKED = unreadable('This is not looked at before a session; psctl ecs check does.', null);

/** Reads everything the checks look at, as much of it at once as can be. */
export class SnapshotFetcher {
  constructor(
    private readonly clients: AwsClients,
    private readonly identities: CallerIdentityService,
    private readonly simulator: PolicySimulatorService,
  ) {}

  /** Only what the checks before a session need. */
  async quick(local: LocalFacts): Promise<ExecSnapshot> {
    const asked = await this.ecsFacts(local);
    const rest = { deployment: NOT_ASKED, containerInstance: NOT_ASKED, role: NOT_ASKED, roleRights: NOT_ASKED };
    const others = {
      callerRights: NOT_ASKED,
      key: NOT_ASKED,
      logGroup: NOT_ASKED,
      bucket: NOT_ASKED,
      network: NOT_ASKED,
    };
    return { ...local, ...asked, ...rest, ...others };
  }

  /** Throws {@link ExecCredentialsError}, and {@link AwsUnavailableError} when ECS or STS do not answer. */
  async full(local: LocalFacts): Promise<ExecSnapshot> {
    const asked = await this.ecsFacts(local);
    const { target } = local;
    const [cluster, task, definition] = [valueOf(asked.cluster), valueOf(asked.task), valueOf(asked.definition)];
    const [ecs, ec2, iam] = await Promise.all([this.clients.ecs(), this.clients.ec2(), this.clients.iam()]);
    const reader = new EcsReader(ecs, target);
    const audit = new AuditReader(
      () => this.clients.kms(),
      () => this.clients.logs(),
      () => this.clients.s3(),
    );
    const keyId = execConfiguration(cluster)?.kmsKeyId;
    const group = sessionLogGroup(cluster, definition, target.container);
    const bucket = sessionBucket(cluster)?.name;
    const machineArn = task?.containerInstanceArn;
    const [deployment, containerInstance, key, logGroup, bucketFacts, network] = await Promise.all([
      valueOf(asked.service)?.status === 'ACTIVE' ? reader.deployment(serviceOf(target, task) ?? '') : nothing<never>(),
      machineArn === undefined ? nothing<never>() : reader.containerInstance(machineArn),
      keyId === undefined ? nothing<never>() : audit.key(keyId),
      group === null ? nothing<never>() : audit.logGroup(group),
      bucket === undefined ? nothing<never>() : audit.bucket(bucket),
      task === null ? nothing<never>() : new NetworkReader(ec2).network(task),
    ]);
    const role: ExecSnapshot['role'] =
      task === null ? read(null) : await new RoleReader(iam, ec2).role(task, asked.definition, containerInstance);
    const facts = {
      ...local,
      ...asked,
      deployment,
      containerInstance,
      key,
      logGroup,
      bucket: bucketFacts,
      network,
      role,
    };
    return { ...facts, ...(await this.rights(facts)) };
  }

  private async ecsFacts(local: LocalFacts): Promise<FromEcs> {
    const { target } = local;
    const reader = new EcsReader(await this.clients.ecs(), target);
    const how = { what: 'whose credentials these are', permission: 'sts:GetCallerIdentity', isEssential: true };
    const [identity, cluster, tasks, named] = await Promise.all([
      readingAlways<CallerIdentity>(how, () => this.identities.get()),
      reader.cluster(),
      reader.tasks(),
      target.service === null ? null : reader.service(target.service),
    ]);
    const task: Input<Task | null> = tasks.isRead ? read(pickTask(tasks.value, target.container)) : tasks;
    const picked = valueOf(task);
    const definitionArn = picked?.taskDefinitionArn;
    const own = serviceOf(target, picked);
    const [definition, service] = await Promise.all([
      definitionArn === undefined ? nothing<TaskDefinition>() : reader.definition(definitionArn),
      named ?? (own === null ? nothing<never>() : reader.service(own)),
    ]);
    return { identity, cluster, service, tasks, task, definition };
  }

  private async rights(
    facts: LocalFacts & FromEcs & Pick<ExecSnapshot, 'key' | 'role'>,
  ): Promise<Pick<ExecSnapshot, 'callerRights' | 'roleRights'>> {
    const { target, region, identity, credentials } = facts;
    const [cluster, task, role] = [valueOf(facts.cluster), valueOf(facts.task), valueOf(facts.role)];
    const { taskArn, clusterArn } = { taskArn: task?.taskArn, clusterArn: task?.clusterArn };
    if (taskArn === undefined || clusterArn === undefined) return { callerRights: read([]), roleRights: read([]) };
    const subject = subjectOf({
      region,
      taskArn,
      cluster,
      key: facts.key,
      definition: valueOf(facts.definition),
      target,
    });
    const tags = [...(task?.tags ?? []), ...(cluster?.tags ?? [])];
    const { hasSecondFactor } = credentials;
    const context = callerContext({ region, clusterArn, taskArn, container: target.container, tags, hasSecondFactor });
    const [callerRights, roleRights] = await Promise.all([
      identity.isRead
        ? this.simulated({
            principalArn: identity.value.arn,
            wanted: callerWanted(subject, clusterArn, taskArn),
            context,
          })
        : identity,
      role
        ? this.simulated({
            principalArn: role.arn,
            wanted: roleWanted(subject),
            context: [{ key: 'aws:RequestedRegion', type: 'string', values: [region] }],
          })
        : facts.role.isRead
          ? read([])
          : facts.role,
    ]);
    return { callerRights, roleRights };
  }

  private async simulated(request: SimulationRequest): Promise<Input<SimulationOutcome[]>> {
    const how = { what: `the rights of ${nameOf(request.principalArn)}`, permission: 'iam:SimulatePrincipalPolicy' };
    const outcomes = await reading(how, () => this.simulator.simulate(request));
    return outcomes.isRead ? read(outcomes.value ?? []) : outcomes;
  }
}

/** The one that is named, or the one that started the task. */
function serviceOf({ service }: ExecTarget, task: Task | null): string | null {
  if (service !== null) return service;
  return task?.group?.startsWith('service:') === true ? task.group.slice('service:'.length) : null;
}

function subjectOf(facts: {
  region: string;
  taskArn: string;
  cluster: Cluster | null;
  key: Input<KeyFacts | null>;
  definition: TaskDefinition | null;
  target: ExecTarget;
}): RightsSubject {
  const { region, taskArn, cluster, key, definition, target } = facts;
  // A key that may not be looked at has an ARN all the same, if that is how the cluster names it.
  const named = execConfiguration(cluster)?.kmsKeyId;
  const keyArn = valueOf(key)?.arn ?? (named?.startsWith('arn:') === true ? named : null);
  return {
    ...{ partition: partitionOf(taskArn), region, account: accountOf(taskArn), keyArn },
    logGroup: sessionLogGroup(cluster, definition, target.container),
    bucket: sessionBucket(cluster),
  };
}
