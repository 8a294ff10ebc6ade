import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

type Answer = Record<string, unknown>;

/** One request, as far as tests look at it. */
interface Asked {
  /** `ExecuteCommand` */
  action: string;
  input: Record<string, unknown>;
  keyId: string;
}

export const ACCOUNT = '123456789012';
export const CLUSTER_ARN = `arn:aws:ecs:us-west-2:${ACCOUNT}:cluster/ps-lab`;
export const TASK_ID = '0123456789abcdef0123456789abcdef';
export const TASK_ARN = `arn:aws:ecs:us-west-2:${ACCOUNT}:task/ps-lab/${TASK_ID}`;
export const USER_ARN = `arn:aws:iam::${ACCOUNT}:user/ann`;
/** What the plugin has to be given; nobody else may see it. */
export const SESSION = {
  sessionId: 'ecs-execute-command-0abc',
  streamUrl: 'wss://ssmmessages.example.test/x',
  tokenValue: 'token-of-the-session',
};

/**
 * ECS with one service and its task, SSM as far as ending sessions goes, and STS. Everything else is refused, as to
 * somebody with few rights. Answers can be replaced by name of the action.
 */
export class FakeEcs {
  readonly asked: Asked[] = [];
  readonly answers = new Map<string, Answer | Error | ((input: Record<string, unknown>) => Answer)>();
  /** An error code to answer everything with; null for none. */
  refusal: string | null = null;

  private constructor(private readonly server: Server) {
    this.reset();
  }

  /** As it was at the beginning. */
  reset(): void {
    this.asked.length = 0;
    this.refusal = null;
    this.answers.clear();
    for (const [action, answer] of Object.entries(usualAnswers())) this.answers.set(action, answer);
  }

  static async start(): Promise<FakeEcs> {
    const server = createServer();
    const fake = new FakeEcs(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { status, body, type } = fake.answer(request, Buffer.concat(chunks).toString());
        response.writeHead(status, { 'content-type': type, date: new Date().toUTCString() }).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What was asked under this name. */
  inputs(action: string): Record<string, unknown>[] {
    return this.asked.filter((one) => one.action === action).map(({ input }) => input);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer({ headers }: IncomingMessage, body: string): { status: number; body: string; type: string } {
    const keyId = /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
    const target = headers['x-amz-target'];
    const action =
      typeof target === 'string'
        ? target.slice(target.indexOf('.') + 1)
        : (new URLSearchParams(body).get('Action') ?? 'S3');
    const isJson = typeof target === 'string';
    const input = isJson
      ? (JSON.parse(body) as Record<string, unknown>)
      : Object.fromEntries(new URLSearchParams(body));
    this.asked.push({ action, input, keyId });
    if (this.refusal !== null) return refused(this.refusal, action, isJson);
    if (action === 'GetCallerIdentity') {
      const content = `<Arn>${USER_ARN}</Arn><Account>${ACCOUNT}</Account><UserId>U</UserId>`;
      const xml = `<GetCallerIdentityResponse><GetCallerIdentityResult>${content}</GetCallerIdentityResult></GetCallerIdentityResponse>`;
      return { status: 200, body: xml, type: 'text/xml' };
    }
    const found = this.answers.get(action);
    if (found === undefined) return refused(isJson ? 'AccessDeniedException' : 'AccessDenied', action, isJson);
    if (found instanceof Error) return refused(found.name, found.message, isJson);
    const answer = typeof found === 'function' ? found(input) : found;
    return { status: 200, body: JSON.stringify(answer), type: 'application/x-amz-json-1.1' };
  }
}

/** An error AWS answers with. */
export function awsError(name: string, message = 'no'): Error {
  return Object.assign(new Error(message), { name });
}

function refused(code: string, message: string, isJson: boolean): { status: number; body: string; type: string } {
  if (isJson)
    return { status: 400, body: JSON.stringify({ __type: code, message }), type: 'application/x-amz-json-1.1' };
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  // EC2 wraps it in one way, all others in another, and S3 not at all.
  const wrapped = `<ErrorResponse>${error}<Errors>${error}</Errors></ErrorResponse>`;
  return { status: 403, body: wrapped, type: 'text/xml' };
}

/** A cluster, a service and a task in which a session opens. */
function usualAnswers(): Record<string, Answer> {
  const at = Date.UTC(2026, 0, 1) / 1000;
  const agent = { name: 'ExecuteCommandAgent', lastStatus: 'RUNNING', lastStartedAt: at + 60 };
  const container = {
    name: 'ps-web',
    lastStatus: 'RUNNING',
    healthStatus: 'HEALTHY',
    runtimeId: `${TASK_ID}-1`,
    managedAgents: [agent],
  };
  const task = {
    ...{ taskArn: TASK_ARN, clusterArn: CLUSTER_ARN, taskDefinitionArn: 'ps-web:1', group: 'service:ps-web' },
    ...{
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      enableExecuteCommand: true,
      createdAt: at,
      startedAt: at + 30,
    },
    ...{ launchType: 'FARGATE', platformVersion: '1.4.0', containers: [container] },
  };
  const service = {
    ...{
      serviceName: 'ps-web',
      serviceArn: `arn:aws:ecs:us-west-2:${ACCOUNT}:service/ps-lab/ps-web`,
      status: 'ACTIVE',
    },
    ...{ enableExecuteCommand: true, desiredCount: 1, runningCount: 1, taskDefinition: 'ps-web:1' },
    deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
  };
  const options = { 'awslogs-group': '/ps/web', 'awslogs-stream-prefix': 'ps', 'awslogs-region': 'us-west-2' };
  const definition = {
    taskRoleArn: `arn:aws:iam::${ACCOUNT}:role/ps-web`,
    containerDefinitions: [{ name: 'ps-web', image: 'ps-server', logConfiguration: { logDriver: 'awslogs', options } }],
  };
  return {
    DescribeClusters: { clusters: [{ clusterArn: CLUSTER_ARN, clusterName: 'ps-lab', status: 'ACTIVE' }] },
    DescribeServices: { services: [service] },
    ListTasks: { taskArns: [TASK_ARN] },
    DescribeTasks: { tasks: [task] },
    DescribeTaskDefinition: { taskDefinition: definition },
    ExecuteCommand: { session: SESSION, taskArn: TASK_ARN, clusterArn: CLUSTER_ARN, interactive: true },
    TerminateSession: { SessionId: SESSION.sessionId },
  };
}
