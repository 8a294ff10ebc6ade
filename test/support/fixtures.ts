import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { type DatabaseUrl } from '../../src/database/database-url.js';
import { eventually } from './eventually.js';

export interface OrganizationFixture {
  name?: string;
  minNodes?: number;
  maxNodes?: number;
  destroyWhenIdle?: boolean;
  allowDeployByToken?: boolean;
  clusterVersion?: string;
}

export interface MembershipFixture {
  role?: 'owner' | 'member';
  status?: 'pending' | 'active' | 'inactive';
}

/** Rows written straight to the tables, for tests of one module that must not depend on another's services. */
export class Fixtures {
  private readonly pool: pg.Pool;

  constructor(url: DatabaseUrl) {
    this.pool = new pg.Pool({ connectionString: url.value, max: 2 });
  }

  async organization(fixture: OrganizationFixture = {}): Promise<{ id: string; name: string }> {
    const id = randomUUID();
    const name = fixture.name ?? `lab-${randomBytes(4).toString('hex')}`;
    if (fixture.clusterVersion !== undefined) await this.clusterVersion(fixture.clusterVersion);
    await this.pool.query(
      `INSERT INTO organizations (id, name, target, min_nodes, max_nodes, destroy_when_idle, allow_deploy_by_token, cluster_version)
       VALUES ($1, $2, 'local', $3, $4, $5, $6, $7)`,
      [
        id,
        name,
        fixture.minNodes ?? 0,
        fixture.maxNodes ?? 10,
        fixture.destroyWhenIdle ?? true,
        fixture.allowDeployByToken ?? true,
        fixture.clusterVersion ?? 'latest',
      ],
    );
    return { id, name };
  }

  /** A version everybody may choose, unless there is one of this name. */
  async clusterVersion(
    name = `v${randomBytes(4).toString('hex')}`,
    nodeConfigurations: string[] = [],
  ): Promise<string> {
    await this.pool.query('INSERT INTO cluster_versions (name) VALUES ($1) ON CONFLICT DO NOTHING', [name]);
    await this.pool.query(
      'INSERT INTO node_configurations (cluster_version, name) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
      [name, nodeConfigurations],
    );
    return name;
  }

  /** With a verified primary address. */
  async user(username = `user-${randomBytes(4).toString('hex')}`): Promise<{ id: number; username: string }> {
    const sql = `WITH inserted AS (
        INSERT INTO users (username, email, password_hash) VALUES ($1::text, $1::text || '@example.org', '!')
        RETURNING id, username, email),
      address AS (
        INSERT INTO email_addresses (id, user_id, email, is_primary, verified_at, created_at)
        SELECT gen_random_uuid(), id, email, true, now(), now() FROM inserted)
      SELECT id, username FROM inserted`;
    const { rows } = await this.pool.query<{ id: number; username: string }>(sql, [username]);
    return rows[0]!;
  }

  /** A user who belongs to the organization; the id is the user's. */
  async member(
    organizationId: string,
    { role = 'member', status = 'active' }: MembershipFixture = {},
  ): Promise<{ id: number; username: string; membershipId: string }> {
    const user = await this.user();
    const membershipId = randomUUID();
    await this.pool.query(
      'INSERT INTO memberships (id, organization_id, user_id, role, status) VALUES ($1, $2, $3, $4, $5)',
      [membershipId, organizationId, user.id, role, status],
    );
    return { ...user, membershipId };
  }

  async query<Row extends pg.QueryResultRow>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, parameters)).rows;
  }

  /** Runs `work` while a transaction holds what `statement` locked, so that others are caught in the middle. */
  async holding<T>(statement: string, work: () => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    try {
      await client.query(`BEGIN; ${statement}`);
      return await work();
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  /** How many statements of this database wait for a lock. */
  async waitingForLocks(): Promise<number> {
    const sql = `SELECT count(*)::integer AS count FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return (await this.query<{ count: number }>(sql))[0]!.count;
  }

  /** Until this many statements of the service wait for locks. */
  async untilWaiting(count: number): Promise<void> {
    await eventually(`${count} waiting statements`, async () => (await this.waitingForLocks()) === count);
  }

  /** One text for all that is stored: equal before and after means that nothing was written. */
  async stored(): Promise<string> {
    const tables = await this.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
    );
    const parts = tables.map(
      ({ name }) =>
        `SELECT '${name}' AS name, count(*)::integer AS count, md5(string_agg(t::text, '|' ORDER BY t::text)) AS hash FROM "${name}" t`,
    );
    return JSON.stringify(await this.query(parts.join(' UNION ALL ')));
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
