import { type SimulationOutcome } from '../../src/aws/policy-simulation.types.js';
import { callerWanted, type RightsSubject, roleWanted } from '../../src/operations/ecs-exec/required-rights.js';
import {
  type BucketFacts,
  type ExecSnapshot,
  type KeyFacts,
  type NetworkFacts,
  read,
  unreadable,
} from '../../src/operations/ecs-exec/snapshot.js';

const REGION = 'us-west-2';
const ACCOUNT = '123456789012';
const NOW = new Date('2026-03-01T12:00:00Z');
const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);

export const CLUSTER_ARN = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/ps-lab`;
export const TASK_ARN = `arn:aws:ecs:${REGION}:${ACCOUNT}:task/ps-lab/0123456789abcdef0123456789abcdef`;
export const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0f`;
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/ps-web`;
const SUBJECT: RightsSubject = {
  ...{ partition: 'aws', region: REGION, account: ACCOUNT, keyArn: KEY_ARN, logGroup: '/ps/exec' },
  bucket: { name: 'ps-sessions', prefix: 'web', isEncrypted: true },
};

/** Allows all of it, but that one thing which is better denied. */
function allowed(wanted: ReturnType<typeof roleWanted>): SimulationOutcome[] {
  return wanted.flatMap(({ action, resources }) =>
    resources.map((resource) => outcome(action, resource, action === 'ssm:StartSession' ? 'denied' : 'allowed')),
  );
}

export function outcome(action: string, resource: string, verdict: SimulationOutcome['verdict']): SimulationOutcome {
  const deniedBy = verdict === 'denied' ? ('identity' as const) : null;
  const why = verdict === 'allowed' ? '' : verdict === 'denied' ? 'no policy allows it' : 'nobody knows';
  return { action, resource, verdict, deniedBy, why, missingContext: [], missingPermission: null };
}

const key: KeyFacts = {
  ...{ arn: KEY_ARN, isEnabled: true, state: 'Enabled' },
  policy: JSON.stringify({
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
    ],
  }),
};
const bucket: BucketFacts = { name: 'ps-sessions', region: REGION, encryption: 'aws:kms' };
const network: NetworkFacts = {
  subnet: {
    SubnetId: 'subnet-1',
    VpcId: 'vpc-1',
    CidrBlock: '10.0.1.0/24',
    AvailabilityZone: 'us-west-2a',
    OwnerId: ACCOUNT,
  },
  networkInterface: { NetworkInterfaceId: 'eni-1', PrivateIpAddress: '10.0.1.7', Groups: [{ GroupId: 'sg-task' }] },
  routeTables: [
    { RouteTableId: 'rtb-main', Associations: [{ Main: true }], Routes: [] },
    {
      RouteTableId: 'rtb-1',
      Associations: [{ SubnetId: 'subnet-1' }],
      Routes: [{ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'active' }],
    },
  ],
  endpoints: [
    {
      ...{ VpcEndpointId: 'vpce-1', ServiceName: `com.amazonaws.${REGION}.ssmmessages`, PrivateDnsEnabled: true },
      // As AWS answers it, whatever the types of the SDK say.
      ...{ State: 'available' as 'Available', SubnetIds: ['subnet-1'], Groups: [{ GroupId: 'sg-endpoint' }] },
    },
  ],
  endpointZones: { 'vpce-1': ['us-west-2a'] },
  securityGroups: [
    { GroupId: 'sg-task', IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] },
    {
      GroupId: 'sg-endpoint',
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: 'sg-task' }] }],
    },
  ],
  networkAcls: [
    {
      Entries: [true, false].map((Egress) => ({
        ...{ Egress, Protocol: '-1', RuleNumber: 100, RuleAction: 'allow' as const, CidrBlock: '0.0.0.0/0' },
      })),
    },
  ],
};

/** One in which everything is right; a new one for every call, to be spoiled. */
export function goodSnapshot(): ExecSnapshot {
  return structuredClone({
    target: { cluster: 'ps-lab', service: 'ps-web', task: null, container: 'ps-web' },
    origin: 'operator' as const,
    ...{ region: REGION, shellRegion: null, takenAt: NOW },
    plugin: { path: '/usr/local/bin/session-manager-plugin', version: '1.2.707.0' },
    credentials: { expiresAt: new Date(NOW.getTime() + 3_600_000), areLongTerm: false, hasSecondFactor: true },
    identity: read({ account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/ann`, partition: 'aws', clockOffsetMs: 200 }),
    cluster: read({
      ...{ clusterArn: CLUSTER_ARN, clusterName: 'ps-lab', status: 'ACTIVE' },
      configuration: {
        executeCommandConfiguration: {
          ...{ kmsKeyId: KEY_ARN, logging: 'OVERRIDE' as const },
          logConfiguration: {
            ...{ cloudWatchLogGroupName: '/ps/exec', cloudWatchEncryptionEnabled: true },
            ...{ s3BucketName: 'ps-sessions', s3KeyPrefix: 'web', s3EncryptionEnabled: true },
          },
        },
      },
    }),
    service: read({
      ...{ serviceName: 'ps-web', status: 'ACTIVE', enableExecuteCommand: true, desiredCount: 1, runningCount: 1 },
      deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' as const }],
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      ...{ loadBalancers: [{ containerName: 'ps-web' }], healthCheckGracePeriodSeconds: 420 },
      events: [{ message: 'has reached a steady state' }],
    }),
    deployment: read({ status: 'SUCCESSFUL' as const }),
    tasks: read([goodTask()]),
    task: read(goodTask()),
    definition: read({
      containerDefinitions: [
        {
          ...{ name: 'ps-web', image: 'ps-server:1', stopTimeout: 120, linuxParameters: { initProcessEnabled: true } },
          environment: [
            { name: 'HTTPS_PROXY', value: 'http://proxy:3128' },
            { name: 'NO_PROXY', value: '169.254.170.2,localhost' },
          ],
        },
        { name: 'proxy', image: 'nginx' },
      ],
    }),
    containerInstance: read(null),
    role: read({
      ...{ arn: ROLE_ARN, from: 'task definition' as const },
      trust: read<string | null>(
        JSON.stringify({
          Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        }),
      ),
    }),
    roleRights: read(allowed(roleWanted(SUBJECT))),
    callerRights: read(allowed(callerWanted(SUBJECT, CLUSTER_ARN, TASK_ARN))),
    key: read(key),
    logGroup: read({ logGroupName: '/ps/exec', retentionInDays: 365, kmsKeyId: KEY_ARN }),
    bucket: read(bucket),
    network: read(network),
  });
}

function goodTask() {
  const container = (name: string, id: string) => ({
    ...{ name, lastStatus: 'RUNNING', healthStatus: 'HEALTHY' as const, runtimeId: id },
    managedAgents: [{ name: 'ExecuteCommandAgent' as const, lastStatus: 'RUNNING', lastStartedAt: minutesAgo(58) }],
  });
  return {
    ...{ taskArn: TASK_ARN, clusterArn: CLUSTER_ARN, group: 'service:ps-web', availabilityZone: 'us-west-2a' },
    ...{ lastStatus: 'RUNNING', desiredStatus: 'RUNNING', enableExecuteCommand: true },
    ...{ launchType: 'FARGATE' as const, platformVersion: '1.4.0', platformFamily: 'Linux' },
    ...{ createdAt: minutesAgo(60), startedAt: minutesAgo(59) },
    containers: [container('ps-web', 'r-1'), container('proxy', 'r-2')],
  };
}

/** Nobody may read it. */
export function hidden(permission: string) {
  return unreadable('You may not read it.', permission);
}
