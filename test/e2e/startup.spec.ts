import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseUrl } from '../../src/database/database-url.js';
import { takeLease } from '../../src/database/embedded-lease.js';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { describeWithTerraform, findTerraform } from '../support/terraform-available.js';
import { type Outcome, outcomeOf } from './support/process-outcome.js';
import { type RunRow, Scenario } from './support/scenario.js';
import { ServerProcess } from './support/server-process.js';

const PASSWORD = 'planted-secret-0123456789';

/** A directory that the system user of the embedded Postgres may pass through. */
function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ps-server-startup-'));
  chmodSync(directory, 0o711);
  return directory;
}

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function unusedPort(): Promise<number> {
  const { server, port } = await listen();
  server.close();
  await once(server, 'close');
  return port;
}

describe('a start that cannot succeed', () => {
  let outcomes: Record<'usedPort' | 'noDatabase' | 'wrongDatabase' | 'dataDirectory' | 'configuration', Outcome>;
  let usedPort: number;
  beforeAll(async () => {
    const directory = temporaryDirectory();
    const { server, port } = await listen();
    usedPort = port;
    const base = { PS_DATA_DIRECTORY: join(directory, 'data'), PS_PORT: '0' };
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const nowhere = `postgres://ann:${PASSWORD}@127.0.0.1:${await unusedPort()}/ps`;
    const wrong = new DatabaseUrl(process.env.PS_TEST_POSTGRES_URL ?? '').withDatabase('no_such_database').value;
    const start = (environment: NodeJS.ProcessEnv): Promise<Outcome> =>
      outcomeOf('server', { ...base, ...environment });
    const [a, b, c, d, e] = await Promise.all([
      start({ PS_PORT: String(port) }),
      start({ PS_DATABASE_URL: nowhere, PS_DATABASE_CONNECT_TIMEOUT_SECONDS: '0.5' }),
      start({ PS_DATABASE_URL: wrong }),
      start({ PS_DATA_DIRECTORY: join(file, 'data') }),
      start({ PS_PORT: 'eighty', PS_ROLE: 'boss', PS_PROT: '1', PS_DATABASE_URL: `mysql://ann:${PASSWORD}@h/ps` }),
    ]);
    outcomes = { usedPort: a, noDatabase: b, wrongDatabase: c, dataDirectory: d, configuration: e };
    server.close();
    rmSync(directory, { recursive: true });
  });

  it('ends with exit code 1 and without a stack trace or a secret', () => {
    for (const [name, { exitCode, stdout, stderr }] of Object.entries(outcomes)) {
      expect([name, exitCode]).toEqual([name, 1]);
      expect(stderr).not.toMatch(/^ +at /m);
      expect(stdout + stderr).not.toContain(PASSWORD);
    }
  });

  it('is explained in one line that names what to do', () => {
    expect(outcomes.usedPort.stderr).toMatch(
      new RegExp(`^Cannot listen on 127.0.0.1:${usedPort} .*set PS_PORT to another port.*\\n$`),
    );
    expect(outcomes.noDatabase.stderr).toMatch(
      /^Cannot connect to Postgres at postgres:\/\/ann@127.0.0.1:\d+\/ps: .*ECONNREFUSED.*correct PS_DATABASE_URL.\n$/,
    );
    expect(outcomes.wrongDatabase.stderr).toMatch(/^Cannot connect .*no_such_database.*Create that database.*\n$/);
    expect(outcomes.dataDirectory.stderr).toMatch(
      /^ps-server cannot write to its data directory .*PS_DATA_DIRECTORY.*\n$/,
    );
  });

  it('lists every problem of the configuration at once', () => {
    const problems = outcomes.configuration.stderr.match(/PS_[A-Z_]+(?=:)/g);
    expect(problems?.sort()).toEqual(['PS_DATABASE_URL', 'PS_PORT', 'PS_PROT', 'PS_ROLE']);
  });
});

describe('psctl config', () => {
  it('shows the effective values and hides secrets', async () => {
    const directory = temporaryDirectory();
    const key = Buffer.alloc(32, PASSWORD).toString('base64');
    const secrets = {
      PS_JWT_SECRET: PASSWORD,
      PS_STATE_ENCRYPTION_KEY: key,
      PS_DATABASE_URL: `postgres://ann:${PASSWORD}@127.0.0.1/ps`,
    };
    const environment = { PS_DATA_DIRECTORY: directory, PS_PORT: '8123', ...secrets };
    const { exitCode, stdout, stderr } = await outcomeOf('psctl', environment, ['config']);
    rmSync(directory, { recursive: true });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^PS_PORT +8123 +environment/m);
    for (const name of Object.keys(secrets))
      expect(stdout).toMatch(new RegExp(`^${name} +\\[secret\\] +environment`, 'm'));
    expect(stdout).not.toContain(PASSWORD);
    expect(stdout).not.toContain(key);
  });
});

describe('the embedded Postgres of the data directory', () => {
  let directory: string;
  const started: Promise<ServerProcess>[] = [];
  beforeAll(() => {
    directory = temporaryDirectory();
  });
  afterAll(async () => {
    for (const start of await Promise.allSettled(started)) if (start.status === 'fulfilled') await start.value.stop();
    rmSync(directory, { recursive: true });
  });

  const environment = (): NodeJS.ProcessEnv => ({ PS_DATA_DIRECTORY: join(directory, 'data') });
  const start = (): Promise<ServerProcess> => {
    const server = ServerProcess.start(environment());
    started.push(server);
    return server;
  };
  const isUp = (): boolean => existsSync(join(directory, 'data', 'postgres', 'data', 'postmaster.pid'));
  const logIn = async ({ url }: ServerProcess): Promise<number> => {
    const response = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'root', password: PASSWORD }),
    });
    return response.status;
  };

  it('keeps its data over a restart, and runs until the last process that uses it has stopped', async () => {
    const first = await start();
    const account = ['createsuperuser', '--username', 'root', '--email', 'root@example.org', '--password-stdin'];
    expect(await outcomeOf('psctl', environment(), account, `${PASSWORD}\n`)).toMatchObject({ exitCode: 0 });
    expect(await logIn(first)).toBe(200);

    const postgres = await startEmbeddedPostgres({ directory: join(directory, 'data', 'postgres'), port: 0 });
    const other = await takeLease(postgres.url);
    expect(await first.stop()).toBe(0);
    expect(isUp()).toBe(true);
    expect(await other.release()).toBe(true);
    await postgres.stop();

    const second = await start();
    expect(await logIn(second)).toBe(200);
    expect(await second.stop()).toBe(0);
    expect(isUp()).toBe(false);
  }, 120_000);
});

describe('a machine without Terraform', () => {
  let directory: string;
  let scenario: Scenario;
  beforeAll(async () => {
    directory = temporaryDirectory();
    scenario = await Scenario.start({
      PS_TERRAFORM_BINARY: join(directory, 'terraform'),
      PS_RECONCILE_RETRY_SECONDS: '0.05',
      PS_RECONCILE_POLL_SECONDS: '0.1',
    });
  });
  afterAll(async () => {
    await scenario.close();
    rmSync(directory, { recursive: true });
  });

  const report = async (): Promise<{ status: string; findings: { code: string; message: string }[] }> =>
    (await (await fetch(`${scenario.server.url}/health/report`)).json()) as Awaited<ReturnType<typeof report>>;
  const succeeded = (runs: RunRow[]): boolean => runs.some(({ status }) => status === 'succeeded');

  it('is served, and said to be unable to provision', async () => {
    expect((await fetch(`${scenario.server.url}/health/ready`)).status).toBe(200);
    const { status, findings } = await report();
    expect(status).toBe('degraded');
    expect(findings.map(({ code }) => code)).toEqual(['provisioning.unavailable']);
    expect(findings[0]?.message).toContain('PS_TERRAFORM_BINARY');
  });

  it('tells members why their run failed, and goes on trying', async () => {
    expect((await scenario.ask(3)).status).toBe(200);
    const runs = await scenario.until(
      'more attempts than a failing wish gets',
      () => scenario.runs(),
      (seen) => seen.filter(({ status }) => status === 'failed').length > 3,
    );
    for (const { failure } of runs.filter(({ status }) => status === 'failed')) {
      expect(failure?.code).toBe('terraform.unavailable');
      expect(failure?.message).toContain(join(directory, 'terraform'));
    }
  });

  describeWithTerraform('where it is installed later', () => {
    it('builds what was asked for, without a restart', async () => {
      const path = execFileSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', findTerraform()!], { encoding: 'utf8' });
      symlinkSync(path.trim(), join(directory, 'terraform'));
      await scenario.until('a cluster', () => scenario.runs(), succeeded);
      await scenario.until(
        'three nodes',
        () => scenario.currentNodes(),
        (nodes) => nodes === 3,
      );
      expect((await report()).findings).toEqual([]);
    });
  });
});
