import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  EnableMFADeviceCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { repository } from '../../docs/repository.js';
import { type Container, ImageDirectory } from '../../integration/docker/container.js';
import { AwsApi } from '../../support/aws-api.js';
import { AwsSimulator } from '../../support/aws-simulator.js';
import { eventually } from '../../support/eventually.js';
import { FakeEcs } from '../../support/fake-ecs.js';
import { FakePlugin } from '../../support/fake-plugin.js';
import { MotoServer } from '../../support/moto-server.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { type Place, type Walkthrough } from './walkthrough.js';

export const DOMAIN = 'testsliderule.org';
export const CODE = '123456';
export const BUCKET = 'ps-states';
export const PASSWORDS = {
  root: 'a planted password of root',
  dev: 'a planted password of dev',
  ben: 'a planted password of ben',
};
/** Whoever set up the account; moto takes any. */
const ROOT_KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };
const REGION = 'us-west-2';
const REPOSITORY = `123456789012.dkr.ecr.${REGION}.amazonaws.com`;
const imageOf = (digit: string): string => `${REPOSITORY}/ps-server@sha256:${digit.repeat(64)}`;
/** Terraform asks more than a hundred times, and a cluster takes some runs. */
const PATIENCE_MS = 120_000;
const JWT_SECRET = 'planted-secret-of-the-service-0123456789';

interface Parts {
  /** STS, IAM, S3 and Secrets Manager. */
  moto: MotoServer;
  ecs: FakeEcs;
  /** Plays the container in sessions. */
  plugin: FakePlugin;
  /** Where the service builds clusters, and what it asks AWS about them. */
  clusters: AwsSimulator;
  api: AwsApi;
  /** Where the service itself is deployed. */
  installation: AwsSimulator;
  image: ImageDirectory;
  database: TestDatabase;
}

/**
 * An operator's laptop, and what it works on: AWS as moto, the simulated provider and a small ECS pretend it, and the
 * container of the service, in which sessions of ECS Exec end up.
 */
export class OperatorWorld {
  readonly laptop: Place;
  /** The same with the sources as the working directory. */
  readonly sources: Place;
  readonly nextImage = imageOf('b');
  private secretKey = '';
  private container: Container | null = null;
  private url = '';

  private constructor(
    private readonly directory: string,
    private readonly parts: Parts,
  ) {
    const environment = this.laptopEnvironment();
    this.laptop = { environment, directory };
    this.sources = { environment, directory: repository.path('.') };
  }

  static async start(): Promise<OperatorWorld> {
    const directory = mkdtempSync(join(tmpdir(), 'ps-operator-'));
    const clusters = AwsSimulator.start();
    const world = new OperatorWorld(directory, {
      moto: await MotoServer.start(),
      ecs: await FakeEcs.start(),
      plugin: new FakePlugin(directory),
      clusters,
      api: await AwsApi.start(clusters),
      installation: AwsSimulator.start(),
      image: new ImageDirectory(),
      database: await createTestDatabase('empty'),
    });
    await world.prepareAccount();
    world.prepareLaptop();
    world.prepareContainer();
    return world;
  }

  async stop(): Promise<void> {
    await this.container?.terminate();
    const { moto, ecs, api, database, clusters, installation, image } = this.parts;
    await Promise.all([moto.stop(), ecs.stop(), api.stop(), database.drop()]);
    clusters.stop();
    installation.stop();
    image.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }

  credentialsFile(): string {
    return readFileSync(join(this.directory, '.aws', 'credentials'), 'utf8');
  }

  /** What no command may print. */
  secrets(): string[] {
    const keys = [...this.credentialsFile().matchAll(/^aws_(?:secret_access_key|session_token) = (\S+)$/gm)];
    return [...keys.map(([, value = '']) => value), ...Object.values(PASSWORDS), JWT_SECRET, this.secretKey];
  }

  /** Names of what the bucket of states holds. */
  async stateObjects(): Promise<string[]> {
    const { Contents = [] } = await this.s3().send(new ListObjectsV2Command({ Bucket: BUCKET }));
    return Contents.map(({ Key = '' }) => Key);
  }

  /** Ends the container that runs, starts one of the same image, and tells what it said until it was ready. */
  async startContainer(walk: Walkthrough): Promise<string> {
    await this.container?.terminate();
    this.container = this.parts.image.run(['server'], this.containerEnvironment());
    this.url = await this.container.ready();
    walk.container('docker-entrypoint.sh server', this.container.log);
    return this.container.log;
  }

  deny(action: string): void {
    this.parts.api.denied.add(action);
  }

  allow(action: string): void {
    this.parts.api.denied.delete(action);
  }

  /** Statuses of `GET /admin/users`, by the account that asks. */
  async whoMayAdminister(walk: Walkthrough): Promise<Record<string, number>> {
    const statuses: Record<string, number> = {};
    for (const [username, password] of Object.entries(PASSWORDS)) {
      const { body } = await this.call('POST', '/api/v1/auth/login', { username, password });
      const { status } = await this.call('GET', '/admin/users', undefined, body.access_token as string);
      walk.request(`${username}: GET /admin/users`, String(status));
      statuses[username] = status;
    }
    return statuses;
  }

  /** As a program of the old system does, until the nodes are there; gives them back, until nothing is left of them. */
  async useNodes(walk: Walkthrough, organization: string, nodes: number): Promise<void> {
    const credentials = { username: 'ben', password: PASSWORDS.ben, org_name: organization };
    const { body } = await this.call('POST', '/api/org_token/', credentials);
    const ask = async (method: string, path: string): Promise<Record<string, unknown>> =>
      (await this.call(method, path, undefined, body.access as string)).body;
    const say = async (method: string, path: string): Promise<void> => {
      walk.request(`${method} ${path}`, JSON.stringify(await ask(method, path)));
    };
    const count = `/api/org_num_nodes/${organization}/`;
    await say('POST', `/api/desired_org_num_nodes_ttl/${organization}/${nodes}/15/`);
    await eventually('the nodes', async () => (await ask('GET', count)).current_nodes === nodes, PATIENCE_MS);
    await say('GET', count);
    await say('DELETE', `/api/v1/organizations/${organization}/capacity-requests`);
    const { clusters } = this.parts;
    await eventually('an empty account', async () => (await clusters.resources()).length === 0, PATIENCE_MS);
    walk.note('nothing is left in the account of the clusters');
  }

  private async call(
    ...[method, path, body, token]: [string, string, unknown?, string?]
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const content = body === undefined ? null : JSON.stringify(body);
    const answer = await fetch(this.url + path, { method, headers, body: content });
    const text = await answer.text();
    return { status: answer.status, body: (text ? JSON.parse(text) : {}) as Record<string, unknown> };
  }

  /** The role the task definition of the service names, which AWS does not have before. */
  async createTaskRole(): Promise<void> {
    const Statement = [
      { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ];
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await this.iam().send(new CreateRoleCommand({ RoleName: 'ps-web', AssumeRolePolicyDocument }));
  }

  private iam(): IAMClient {
    return new IAMClient({ region: REGION, endpoint: this.parts.moto.endpoint, credentials: ROOT_KEYS });
  }

  /** Keys and a device of ann, and a bucket for states. */
  private async prepareAccount(): Promise<void> {
    const iam = this.iam();
    await iam.send(new CreateUserCommand({ UserName: 'ann' }));
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    const SerialNumber = 'arn:aws:iam::123456789012:mfa/ann';
    const codes = { AuthenticationCode1: '234567', AuthenticationCode2: '345678' };
    await iam.send(new EnableMFADeviceCommand({ UserName: 'ann', SerialNumber, ...codes }));
    this.secretKey = key?.SecretAccessKey ?? '';
    const directory = join(this.directory, '.aws');
    mkdirSync(directory, { mode: 0o700 });
    const keys = `aws_access_key_id = ${key?.AccessKeyId ?? ''}\naws_secret_access_key = ${this.secretKey}\n`;
    writeFileSync(join(directory, 'credentials'), `# keys of ann\n[ann]\n${keys}`, { mode: 0o600 });
    const s3 = this.s3();
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration }));
  }

  private s3(): S3Client {
    return new S3Client({
      ...{ region: REGION, endpoint: this.parts.moto.endpoint, credentials: ROOT_KEYS, forcePathStyle: true },
    });
  }

  private prepareLaptop(): void {
    writeProgram(join(this.directory, 'bin', 'psctl'), psctlProgram());
    mkdirSync(join(this.directory, 'deployments'));
    const settings = { image: imageOf('a'), clusters: { containerRepository: REPOSITORY } };
    writeFileSync(join(this.directory, 'deployments', `${DOMAIN}.yml`), JSON.stringify(settings));
    // Somebody works on the schema there.
    cpSync(repository.path('migrations'), join(this.directory, 'migrations'), { recursive: true });
  }

  /** Declares another column of accounts in the laptop's copy of migrations/schema.sql. */
  declareColumn(column: string): void {
    const path = join(this.directory, 'migrations', 'schema.sql');
    const schema = readFileSync(path, 'utf8');
    writeFileSync(path, schema.replace('CREATE TABLE users (', `CREATE TABLE users (\n  ${column},`));
  }

  /** As far as sessions go: its programs, its user, and the variables its processes have. */
  private prepareContainer(): void {
    const { plugin, ecs } = this.parts;
    plugin.program('psctl', psctlProgram());
    plugin.hasUser(this.directory, 'shift 4; exec "$@"');
    plugin.program('bash', 'PS1="reg_user\\$ " exec /bin/sh -i');
    plugin.play.remoteEnvironment = { ...definedIn(this.containerEnvironment()), PS_ENVIRONMENT: 'production' };
    plugin.ready();
    plugin.obey(ecs);
  }

  private containerEnvironment(): NodeJS.ProcessEnv {
    return {
      ...this.parts.clusters.imageEnvironment(),
      ...this.parts.api.environment,
      AWS_REGION: REGION,
      PS_DATABASE_URL: this.parts.database.url.value,
      PS_DATA_DIRECTORY: join(this.directory, 'data-of-the-container'),
      PS_JWT_SECRET: JWT_SECRET,
      PS_STATE_ENCRYPTION_KEY: Buffer.alloc(32, 'k').toString('base64'),
      PS_MAIL_TRANSPORT: 'file',
      PS_PUBLIC_URL: `https://ps.${DOMAIN}`,
    };
  }

  private laptopEnvironment(): NodeJS.ProcessEnv {
    const installation = this.parts.installation.serviceEnvironment();
    const endpoints = { AWS_ENDPOINT_URL_S3: this.parts.moto.endpoint, AWS_ENDPOINT_URL_STS: this.parts.moto.endpoint };
    const passed = [installation.PS_TERRAFORM_PASS_ENVIRONMENT, ...Object.keys(endpoints)];
    return {
      ...installation,
      // The keys are in a file here.
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      ...endpoints,
      PS_TERRAFORM_PASS_ENVIRONMENT: passed.join(','),
      AWS_ENDPOINT_URL_IAM: this.parts.moto.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.parts.moto.endpoint,
      AWS_ENDPOINT_URL: this.parts.ecs.endpoint,
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      PATH: [join(this.directory, 'bin'), dirname(process.execPath), this.parts.plugin.path].join(delimiter),
      HOME: this.directory,
      TERM: 'xterm',
      PS_DATA_DIRECTORY: join(this.directory, 'data'),
    };
  }
}

/** What `psctl` is on a PATH. */
function psctlProgram(): string {
  return `exec '${process.execPath}' '${repository.path('dist/src/entrypoints/psctl.js')}' "$@"`;
}

function writeProgram(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

function definedIn(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
