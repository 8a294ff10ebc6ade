import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { type DatabaseUrl } from '../../src/database/database-url.js';

export interface OrganizationFixture {
  name?: string;
  minNodes?: number;
  maxNodes?: number;
  destroyWhenIdle?: boolean;
  allowDeployByToken?: boolean;
  clusterVersion?: string;
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

  async user(username = `user-${randomBytes(4).toString('hex')}`): Promise<{ id: number; username: string }> {
    const sql = `INSERT INTO users (username, email, password_hash) VALUES ($1::text, $1::text || '@example.org', '!') RETURNING id, username`;
    const { rows } = await this.pool.query<{ id: number; username: string }>(sql, [username]);
    return rows[0]!;
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
    const sql = `SELECT count(*)::integer AS count FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE NOT l.granted AND d.datname = current_database()`;
    return (await this.query<{ count: number }>(sql))[0]!.count;
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
