import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { Fixtures } from '../../support/fixtures.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { type Outcome, outcomeOf } from './process-outcome.js';
import { ServerProcess } from './server-process.js';
import { Tenant } from './tenant.js';

const run = promisify(execFile);
const PSCTL = fileURLToPath(new URL('../../../dist/src/entrypoints/psctl.js', import.meta.url));
const PASSWORD = 'correct horse battery';

export interface Answer<Body> {
  status: number;
  body: Body;
  headers: Headers;
}

export interface RunRow {
  id: string;
  kind: string;
  status: string;
  trigger: string;
  nodes: number;
  clusterVersion: string;
  plannedChanges: number | null;
  completedChanges: number;
  outputs: Record<string, unknown> | null;
  failure: { code: string; message: string } | null;
}

/** A service with one organization, an owner and a member, driven over HTTP only; one per spec file. */
export class Scenario {
  readonly organization = 'demo-lab';
  private token = '';
  private adminToken = '';

  private constructor(
    private readonly database: TestDatabase,
    readonly dataDirectory: string,
    readonly fixtures: Fixtures,
    private readonly environment: NodeJS.ProcessEnv,
    public server: ServerProcess,
    private readonly patienceMs: number,
  ) {}

  /** `patienceMs` is how long it waits for anything; clusters of many resources take longer. */
  static async start(environment: NodeJS.ProcessEnv = {}, patienceMs = 45_000): Promise<Scenario> {
    const database = await createTestDatabase();
    const dataDirectory = mkdtempSync(join(tmpdir(), 'ps-server-e2e-'));
    const full = { PS_DATABASE_URL: database.url.value, PS_DATA_DIRECTORY: dataDirectory, ...environment };
    const server = await ServerProcess.start(full);
    const scenario = new Scenario(database, dataDirectory, new Fixtures(database.url), full, server, patienceMs);
    await scenario.createAccounts();
    return scenario;
  }

  get databaseUrl(): string {
    return this.database.url.value;
  }

  async close(): Promise<void> {
    await this.server.stop();
    await this.fixtures.close();
    await this.database.drop();
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }

  async restart(environment: NodeJS.ProcessEnv = {}): Promise<void> {
    this.server = await this.startAnother(environment);
  }

  /** One more service process on the same database and data directory. */
  startAnother(environment: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
    return ServerProcess.start({ ...this.environment, ...environment });
  }

  /** Another organization with the same owner and member. */
  async addTenant(name: string, target: 'local' | 'aws' = 'local'): Promise<Tenant> {
    const id = await this.createOrganization(name, target);
    const member = await this.must<{ access: string }>('POST', '/api/org_token/', {
      username: 'member',
      password: PASSWORD,
      org_name: name,
    });
    return new Tenant(this, id, name, { member: member.access, owner: await this.personalToken('owner') });
  }

  async call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    token = this.token,
  ): Promise<Answer<Body>> {
    const response = await fetch(this.server.url + path, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? null : JSON.parse(text)) as Body,
    };
  }

  /** The command line as an operator of this service has it; `environment` is what the shell has besides. */
  psctl(command: string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return outcomeOf('psctl', { ...this.environment, ...environment }, command);
  }

  authorization(): { authorization: string } {
    return { authorization: `Bearer ${this.token}` };
  }

  async logIn(): Promise<void> {
    const credentials = { username: 'member', password: PASSWORD, org_name: this.organization };
    this.token = (await this.must<{ access: string }>('POST', '/api/org_token/', credentials)).access;
  }

  ask(nodes: number, ttlMinutes = 15): Promise<Answer<{ status: string }>> {
    return this.call('POST', `/api/desired_org_num_nodes_ttl/${this.organization}/${nodes}/${ttlMinutes}/`);
  }

  release(): Promise<Answer<{ released: number }>> {
    return this.call('DELETE', `/api/v1/organizations/${this.organization}/capacity-requests`);
  }

  /** As an administrator. */
  configure(change: Record<string, unknown>): Promise<Answer<Record<string, unknown>>> {
    return this.asAdministrator('PATCH', `/api/v1/organizations/${this.organization}`, change);
  }

  asAdministrator(method: string, path: string, body?: unknown): Promise<Answer<Record<string, unknown>>> {
    return this.call(method, path, body, this.adminToken);
  }

  /** What an administrator sees there. */
  administer<Body = Record<string, unknown>>(path: string): Promise<Answer<Body>> {
    return this.call('GET', path, undefined, this.adminToken);
  }

  async runs(): Promise<RunRow[]> {
    return (await this.call<{ runs: RunRow[] }>('GET', `/api/v1/organizations/${this.organization}/runs`)).body.runs;
  }

  async currentNodes(): Promise<number> {
    const { body } = await this.call<{ current_nodes: number }>('GET', `/api/org_num_nodes/${this.organization}/`);
    return body.current_nodes;
  }

  /** Polls until `condition` holds; fails with what it saw last. */
  async until<T>(
    what: string,
    look: () => Promise<T>,
    condition: (seen: T) => boolean,
    limitMs = this.patienceMs,
  ): Promise<T> {
    const end = Date.now() + limitMs;
    for (;;) {
      const seen = await look();
      if (condition(seen)) return seen;
      if (Date.now() > end)
        throw new Error(
          `Waited ${limitMs} ms for ${what}; last seen: ${JSON.stringify(seen)}\n${this.server.log.slice(-20).join('\n')}`,
        );
      await new Promise((resolve) => {
        setTimeout(resolve, 25);
      });
    }
  }

  private async createAccounts(): Promise<void> {
    const child = run(
      process.execPath,
      [PSCTL, 'createsuperuser', '--username', 'root', '--email', 'root@example.org', '--password-stdin'],
      {
        env: { PATH: process.env.PATH, ...this.environment },
      },
    );
    child.child.stdin?.end(`${PASSWORD}\n`);
    await child;
    this.adminToken = await this.personalToken('root');
    for (const username of ['owner', 'member']) {
      const account = { username, email: `${username}@example.org`, password: PASSWORD };
      await this.must('POST', '/admin/users', account, this.adminToken);
    }
    await this.createOrganization(this.organization);
    await this.logIn();
  }

  private async createOrganization(name: string, target: 'local' | 'aws' = 'local'): Promise<string> {
    const organization = { name, owner: 'owner', target };
    const { id } = await this.must<{ id: string }>('POST', '/admin/organizations', organization, this.adminToken);
    const membership = { username: 'member', role: 'member', status: 'active' };
    await this.must('POST', `/admin/organizations/${id}/memberships`, membership, this.adminToken);
    return id;
  }

  private async personalToken(username: string): Promise<string> {
    const credentials = { username, password: PASSWORD };
    return (await this.must<{ access_token: string }>('POST', '/api/v1/auth/login', credentials)).access_token;
  }

  /** A call a test is built on: anything but success ends it here, with the answer. */
  private async must<Body>(method: string, path: string, body: unknown, token = ''): Promise<Body> {
    const answer = await this.call<Body>(method, path, body, token);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}
