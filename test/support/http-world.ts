import { randomUUID } from 'node:crypto';
import { PasswordHasher } from '../../src/users/passwords/password-hasher.js';
import { type OrganizationFixture } from './fixtures.js';
import { HttpHarness, type HttpHarnessOptions } from './http-harness.js';

export const PASSWORD = 'correct horse battery';

/** Hashing is slow on purpose; one hash serves all users of a test process. */
let passwordHash: Promise<string> | null = null;

interface UserFixture {
  isActive?: boolean;
  isStaff?: boolean;
  isSuperuser?: boolean;
  group?: string;
}

interface Tokens {
  access: string;
  refresh: string;
}

/** A service with people in it. Users and organizations are made per test, so tests do not meet. */
export class HttpWorld {
  private constructor(readonly http: HttpHarness) {}

  static async start(options?: HttpHarnessOptions): Promise<HttpWorld> {
    return new HttpWorld(await HttpHarness.start(options));
  }

  close(): Promise<void> {
    return this.http.close();
  }

  organization(fixture?: OrganizationFixture): Promise<{ id: string; name: string }> {
    return this.http.fixtures.organization(fixture);
  }

  /** A user who logs in with {@link PASSWORD}. */
  async user(fixture: UserFixture = {}, username?: string): Promise<{ id: number; username: string }> {
    const { isActive = true, isStaff = false, isSuperuser = false, group } = fixture;
    const user = await this.http.fixtures.user(username);
    passwordHash ??= new PasswordHasher().hash(PASSWORD);
    await this.http.fixtures.query(
      'UPDATE users SET password_hash = $2, is_active = $3, is_staff = $4, is_superuser = $5 WHERE id = $1',
      [user.id, await passwordHash, isActive, isStaff, isSuperuser],
    );
    if (group !== undefined) {
      const sql = 'INSERT INTO user_groups (user_id, group_id) SELECT $1, id FROM groups WHERE name = $2';
      await this.http.fixtures.query(sql, [user.id, group]);
    }
    return user;
  }

  async join(
    userId: number,
    organizationId: string,
    status: 'pending' | 'active' | 'inactive' = 'active',
    role: 'member' | 'owner' = 'member',
  ): Promise<void> {
    await this.http.fixtures.query(
      'INSERT INTO memberships (id, organization_id, user_id, role, status) VALUES ($1, $2, $3, $4, $5)',
      [randomUUID(), organizationId, userId, role, status],
    );
  }

  /** An organization, one active member of it, and the member's tokens. */
  async member(fixture?: OrganizationFixture): Promise<Member> {
    const organization = await this.organization(fixture);
    const user = await this.user();
    await this.join(user.id, organization.id);
    return { organization, user, ...(await this.organizationTokens(user.username, organization.name)) };
  }

  async organizationTokens(username: string, organization: string): Promise<Tokens> {
    const body = { username, password: PASSWORD, org_name: organization };
    const answer = await this.http.call('POST', '/api/org_token/', { body });
    if (answer.status !== 200) throw new Error(`No token: ${answer.status} ${answer.text}`);
    return answer.body as Tokens;
  }

  /** A personal login to the new API. */
  async session(username: string): Promise<string> {
    const answer = await this.http.call('POST', '/api/v1/auth/login', { body: { username, password: PASSWORD } });
    if (answer.status !== 200) throw new Error(`No session: ${answer.status} ${answer.text}`);
    return (answer.body as { access_token: string }).access_token;
  }

  /** Makes the organization's cluster one that is deployed. */
  async deploy(organizationId: string, nodes: number, address: string | null = '127.1.2.3'): Promise<void> {
    await this.http.fixtures.query(
      `INSERT INTO clusters (organization_id, is_deployed, node_count, address, cluster_version, is_public)
       VALUES ($1, true, $2, $3, 'v4', true)`,
      [organizationId, nodes, address],
    );
  }

  /** A run as it is stored when it waits. */
  async queuedRun(organizationId: string): Promise<string> {
    const id = randomUUID();
    await this.http.fixtures.query(
      `INSERT INTO runs (id, organization_id, kind, status, trigger, requested_by, inputs, priority)
       VALUES ($1, $2, 'update', 'queued', 'capacity', 'system:test', '{"nodes": 3, "clusterVersion": "v4"}', 20)`,
      [id, organizationId],
    );
    return id;
  }
}

export interface Member extends Tokens {
  organization: { id: string; name: string };
  user: { id: number; username: string };
}
