import { jest } from '@jest/globals';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import pg from 'pg';
import { type DatabaseUrl } from '../../../src/database/database-url.js';
import { repository } from '../../docs/repository.js';
import { FlakyProxy } from '../../support/flaky-proxy.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { type Container, ImageDirectory } from './container.js';

jest.setTimeout(180_000);

const PASSWORD = 'planted-secret-0123456789';
const PRODUCTION = {
  PS_JWT_SECRET: PASSWORD,
  PS_STATE_ENCRYPTION_KEY: Buffer.alloc(32, PASSWORD).toString('base64'),
  PS_MAIL_TRANSPORT: 'file',
  PS_PUBLIC_URL: 'https://ps.example.org',
};
const migrations = readdirSync(repository.path('dist/migrations')).filter((file) => file.endsWith('.js'));

describe('docker/docker-entrypoint.sh', () => {
  const image = new ImageDirectory();
  const started: Container[] = [];
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase('empty');
  });
  afterEach(async () => {
    for (const container of started.splice(0)) container.kill();
    await database.drop();
  });
  afterAll(() => {
    image.remove();
  });

  function run(commandArguments: string[], environment: NodeJS.ProcessEnv = {}): Container {
    const container = image.run(commandArguments, {
      PS_DATABASE_URL: database.url.value,
      ...PRODUCTION,
      ...environment,
    });
    started.push(container);
    return container;
  }

  async function appliedMigrations(): Promise<string[]> {
    const client = new pg.Client({ connectionString: database.url.value });
    await client.connect();
    try {
      const table = await client.query("SELECT 1 WHERE to_regclass('schema_migrations') IS NOT NULL");
      if (table.rowCount === 0) return [];
      const { rows } = await client.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY id');
      return rows.map(({ name }) => name);
    } finally {
      await client.end();
    }
  }

  async function proxyTo(url: DatabaseUrl): Promise<{ proxy: FlakyProxy; url: string }> {
    const { hostname, port } = new URL(url.value);
    const proxy = await FlakyProxy.to(hostname, Number(port));
    const through = new URL(url.value);
    through.port = String(proxy.port);
    proxy.cut();
    return { proxy, url: through.href };
  }

  it('migrates, serves, and ends in order with exit code 0 when it is asked to', async () => {
    const container = run([]);
    const url = await container.ready();
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(await appliedMigrations()).toHaveLength(migrations.length);
    expect(await container.terminate()).toBe(0);
    expect(container.stdout).toContain('Stopped');
    expect(container.log).not.toContain(PASSWORD);
  });

  it.each(['api', 'worker'])('serves in the role %s, whatever PS_ROLE says', async (role) => {
    const container = run([role], { PS_ROLE: 'all' });
    const url = await container.ready();
    const { role: served } = (await (await fetch(`${url}/health/report`)).json()) as { role: string };
    expect(served).toBe(role);
    expect(await container.terminate()).toBe(0);
  });

  it('waits for a database that comes up late', async () => {
    const { proxy, url } = await proxyTo(database.url);
    const container = run([], { PS_DATABASE_URL: url, PS_DATABASE_CONNECT_TIMEOUT_SECONDS: '60' });
    await container.says('does not answer yet');
    await proxy.heal();
    await container.ready();
    expect(await container.terminate()).toBe(0);
    proxy.cut();
  });

  it('gives up on a database that never comes up, and does not serve', async () => {
    const { url } = await proxyTo(database.url);
    const container = run([], { PS_DATABASE_URL: url, PS_DATABASE_CONNECT_TIMEOUT_SECONDS: '1' });
    expect(await container.exitCode()).toBe(1);
    expect(container.stderr).toMatch(/trying again for 1 s\nCannot connect to Postgres .*correct PS_DATABASE_URL\.\n$/);
    expect(container.stdout).toBe('');
  });

  it('ends when it is asked to while it waits for the database', async () => {
    const { url } = await proxyTo(database.url);
    const container = run([], { PS_DATABASE_URL: url, PS_DATABASE_CONNECT_TIMEOUT_SECONDS: '600' });
    await container.says('does not answer yet');
    expect(await container.terminate()).toBe(143);
    expect(container.stdout).toBe('');
  });

  it('lists every problem of the configuration, and does not begin', async () => {
    const container = run([], { PS_PORT: 'eighty', PS_PROT: '1', PS_JWT_SECRET: '', PS_DATABASE_URL: '' });
    expect(await container.exitCode()).toBe(1);
    expect(container.stderr.match(/PS_[A-Z_]+(?=:)/g)?.sort()).toEqual([
      'PS_DATABASE_URL',
      'PS_JWT_SECRET',
      'PS_PORT',
      'PS_PROT',
    ]);
    expect(container.stdout).toBe('');
  });

  it('migrates and ends in the role migrate', async () => {
    const container = run(['migrate']);
    expect(await container.exitCode()).toBe(0);
    expect(container.stdout).toBe(`Applied ${migrations.length} migrations.\n`);
    expect(await appliedMigrations()).toHaveLength(migrations.length);
  });

  it('starts as PS_MIGRATE_ON_START says, and hands on why it cannot', async () => {
    const checked = run(['api'], { PS_MIGRATE_ON_START: 'check' });
    expect(await checked.exitCode()).toBe(3);
    expect(checked.stderr).toContain('Run "psctl migrate" with this release');
    expect(await appliedMigrations()).toEqual([]);
    expect(await run(['migrate'], { PS_MIGRATE_ON_START: 'off' }).exitCode()).toBe(0);
    expect(await appliedMigrations()).toHaveLength(migrations.length);
    for (const value of ['check', 'off']) {
      const container = run(['api'], { PS_MIGRATE_ON_START: value });
      await container.ready();
      expect(await container.terminate()).toBe(0);
    }
  });

  it('ends with the exit code of a migration when others hold the lock for too long', async () => {
    const client = new pg.Client({ connectionString: database.url.value });
    await client.connect();
    await client.query('SELECT pg_advisory_lock(28787, 1)');
    const container = run(['api'], { PS_MIGRATION_LOCK_TIMEOUT_SECONDS: '1' });
    expect(await container.exitCode()).toBe(4);
    expect(container.stderr).toContain('Another process is migrating the database');
    await client.end();
  });

  it('runs a command of psctl, without a database, and hands on its exit code', async () => {
    const help = run(['psctl', '--', '--help'], { PS_DATABASE_URL: '' });
    expect(await help.exitCode()).toBe(0);
    expect(help.stdout).toContain('createsuperuser');
    const wrong = run(['psctl', 'no-such-command']);
    expect(await wrong.exitCode()).toBe(2);
  });

  it.each([
    [['boss'], 'no role "boss"'],
    [['server', '--port', '80'], 'takes no arguments, and was given: --port 80'],
  ])('refuses %j with exit code 64', async (commandArguments, reason) => {
    const container = run(commandArguments);
    expect(await container.exitCode()).toBe(64);
    expect(container.stderr).toContain(reason);
    expect(container.stderr).toContain('Roles are server (the default), api, worker, migrate');
    expect(container.stdout).toBe('');
  });

  it('started five times at once on an empty database, applies each migration once and serves five times', async () => {
    const containers = Array.from({ length: 5 }, () => run(['api']));
    await Promise.all(containers.map((container) => container.ready()));
    const told = containers.flatMap(({ log }) => [...log.matchAll(/Applied (\w+)(?!.*migrations\.)/g)]);
    const names = told.map(([, name = '']) => name).filter((name) => !/^\d+$/.test(name));
    const applied = await appliedMigrations();
    expect(applied).toHaveLength(migrations.length);
    expect(names.sort()).toEqual([...applied].sort());
    const codes = await Promise.all(containers.map((container) => container.terminate()));
    expect(codes).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('docker/healthcheck.mjs', () => {
  const image = new ImageDirectory();
  afterAll(() => {
    image.remove();
  });

  function runsAs(...role: string[]): void {
    writeFileSync(
      image.commandLine,
      ['tini', '--', '/bin/sh', '/app/docker/docker-entrypoint.sh', ...role, ''].join('\0'),
    );
  }

  it.each([
    ['0.0.0.0', 200, 0],
    ['127.0.0.1', 503, 1],
  ])('asks the process that listens on %s: after %i it ends with %i', async (host, status, exitCode) => {
    const paths: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.writeHead(status).end();
    }).listen(0, host);
    await once(server, 'listening');
    runsAs('worker');
    const port = String((server.address() as AddressInfo).port);
    expect(await image.healthCheck({ PS_HOST: host, PS_PORT: port }).exitCode()).toBe(exitCode);
    expect(paths).toEqual(['/health/live']);
    server.closeAllConnections();
    server.close();
  });

  it('fails with the reason while nothing listens, unless the role has nothing that would', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const PS_PORT = String((server.address() as AddressInfo).port);
    server.close();
    await once(server, 'close');
    runsAs('server');
    const serving = image.healthCheck({ PS_PORT });
    expect(await serving.exitCode()).toBe(1);
    expect(serving.stderr).toContain(`http://127.0.0.1:${PS_PORT}/health/live does not answer`);
    for (const role of ['migrate', 'psctl']) {
      runsAs(role);
      expect(await image.healthCheck({ PS_PORT }).exitCode()).toBe(0);
    }
  });
});
