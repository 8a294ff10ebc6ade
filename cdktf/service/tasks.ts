import { EcsTaskDefinition } from '@cdktf/provider-aws/lib/ecs-task-definition/index.js';
import { type CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { type IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type ContainerRoles } from './container-roles.js';
import { type Database } from './database.js';
import { SERVICE_PORT } from './firewall.js';
import { type Logs } from './logs.js';
import { type MachineBoundary } from './machine-boundary.js';
import { type ProvisionerRole } from './provisioner-role.js';
import { type Secrets } from './secrets.js';
import { hostNameOf, type ServiceInputs } from './service-inputs.js';

/** The most Fargate waits between asking a container to stop and killing it: a run of Terraform uses all of it. */
const STOP_SECONDS = 120;
/** Of the image: reg_user. */
const USER = '10001:10001';
const HEAP_SHARE = 0.75;

interface Around {
  roles: ContainerRoles;
  provisioner: ProvisionerRole;
  boundary: MachineBoundary;
  database: Database;
  secrets: Secrets;
  logs: Logs;
}

interface TaskShape {
  name: string;
  /** First argument of the image's entrypoint. */
  command: 'api' | 'worker';
  cpu: number;
  memory: number;
  diskGb: number | null;
  role: IamRole;
  log: CloudwatchLogGroup;
  isReached: boolean;
}

/** What runs in a task of each role: the same image, the same settings, another part of the service. */
export class Tasks extends Construct {
  readonly web: EcsTaskDefinition;
  readonly worker: EcsTaskDefinition;

  constructor(
    scope: Construct,
    private readonly inputs: ServiceInputs,
    private readonly around: Around,
  ) {
    super(scope, 'tasks');
    const { names, web, worker } = inputs;
    const { roles, logs } = around;
    this.web = this.task({
      ...web.size,
      name: names.web,
      command: 'api',
      diskGb: null,
      role: roles.web,
      log: logs.web,
      isReached: true,
    });
    this.worker = this.task({
      ...worker.size,
      name: names.worker,
      command: 'worker',
      diskGb: worker.diskGb,
      role: roles.worker,
      log: logs.worker,
      isReached: false,
    });
  }

  private task(shape: TaskShape): EcsTaskDefinition {
    const { names } = this.inputs;
    return addressed(shape.name, (id) => {
      return new EcsTaskDefinition(this, id, {
        family: `${names.cluster}-${shape.command}`,
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: String(shape.cpu),
        memory: String(shape.memory),
        runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'ARM64' },
        executionRoleArn: this.around.roles.execution.arn,
        taskRoleArn: shape.role.arn,
        ...(shape.diskGb === null ? {} : { ephemeralStorage: { sizeInGib: shape.diskGb } }),
        containerDefinitions: JSON.stringify([this.container(shape)]),
      });
    });
  }

  private container(shape: TaskShape): object {
    return {
      name: shape.name,
      image: this.inputs.image,
      essential: true,
      command: [shape.command],
      user: USER,
      // Reaps what sessions and Terraform leave behind, and passes signals on.
      linuxParameters: { initProcessEnabled: true },
      stopTimeout: STOP_SECONDS,
      // Sessions need a root file system they can write to.
      readonlyRootFilesystem: false,
      portMappings: [{ containerPort: SERVICE_PORT, hostPort: SERVICE_PORT, protocol: 'tcp' }],
      environment: Object.entries(this.environment(shape))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => ({ name, value })),
      secrets: this.around.secrets.references,
      healthCheck: {
        command: ['CMD', 'node', '/app/docker/healthcheck.mjs'],
        interval: 15,
        timeout: 5,
        retries: 3,
        startPeriod: 300,
      },
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': shape.log.name,
          'awslogs-region': this.inputs.region,
          'awslogs-stream-prefix': shape.command,
          // A log that is slow must not stop the service.
          mode: 'non-blocking',
          'max-buffer-size': '25m',
        },
      },
    };
  }

  private environment({ memory, command }: TaskShape): Record<string, string> {
    const { inputs, around } = this;
    const { clusters, domain, network, region, worker } = inputs;
    return {
      NODE_OPTIONS: `--enable-source-maps --max-old-space-size=${Math.floor((command === 'api' ? memory : memory / 4) * HEAP_SHARE)}`,
      PS_DATABASE_URL: around.database.url,
      PS_PUBLIC_URL: `https://${hostNameOf(inputs)}`,
      PS_TRUSTED_PROXIES: network.cidr,
      PS_MAIL_TRANSPORT: 'ses',
      PS_MAIL_FROM: `SlideRule <no-reply@${domain}>`,
      PS_MAIL_SES_REGION: region,
      PS_RUN_SLOTS: String(Math.max(1, Math.floor(worker.size.cpu / 1024))),
      PS_AWS_REGION: region,
      PS_AWS_DOMAIN: domain,
      PS_AWS_CONTAINER_REPOSITORY: clusters.containerRepository,
      PS_AWS_PROJECT_BUCKET: clusters.projectBucket,
      PS_AWS_PUBLIC_BUCKET: clusters.publicBucket,
      PS_AWS_AMI_OWNER: clusters.amiOwner,
      PS_AWS_MACHINE_BOUNDARY_ARN: around.boundary.policy.arn,
      ...(clusters.keyPair === undefined ? {} : { PS_AWS_KEY_PAIR: clusters.keyPair }),
      // Only a worker may take on the role that builds clusters.
      ...(command === 'worker' ? { PS_AWS_ROLE_ARN: around.provisioner.role.arn } : {}),
      ...inputs.environment,
    };
  }
}
