import type pg from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { MIGRATING_CONNECTION } from './migration-lock.js';
import { type MigrationSession } from './migration-session.js';
import { type Migration } from './migration.types.js';
import { fingerprint } from './schema-fingerprint.js';

/** What Postgres said while a migration ran; more is of no use to anybody. */
const MAX_NOTICE_CHARACTERS = 10_000;

const SCRATCH_SCHEMA = 'ps_baseline';

export interface Rehearsal {
  /** Lines of {@link fingerprint}. */
  present: string[];
  states: { migration: Migration; parts: string[] }[];
}

/** A migration failed. */
export class MigrationStepFailure extends Error {
  constructor(
    override readonly cause: unknown,
    /** Certain that nothing of it is left; otherwise nobody knows yet. */
    readonly isRolledBack: boolean,
  ) {
    super('A migration failed', { cause });
  }
}

/**
 * The connection that statements of migrations run on. It says by a lock of its own that it is one, so that whoever gets
 * the right to migrate can end it if its process is gone.
 */
export class MigrationWorker {
  private notices: string[] = [];

  private constructor(
    private readonly session: MigrationSession,
    private readonly dataSource: DataSource,
    private readonly runner: QueryRunner,
    /** Of the backend. */
    readonly pid: number,
  ) {}

  static async open(session: MigrationSession): Promise<MigrationWorker> {
    const dataSource = new DataSource({
      type: 'postgres',
      url: session.url.value,
      applicationName: session.applicationName,
      poolSize: 1,
    });
    await dataSource.initialize();
    try {
      const runner = dataSource.createQueryRunner();
      const client = (await runner.connect()) as pg.PoolClient;
      const sql = 'SELECT pg_advisory_lock($1, $2), pg_backend_pid() AS pid';
      const [row] = (await runner.query(sql, [...MIGRATING_CONNECTION])) as { pid: number }[];
      const worker = new MigrationWorker(session, dataSource, runner, row?.pid ?? 0);
      client.on('notice', ({ message = '' }) => worker.notices.push(message));
      return worker;
    } catch (error) {
      await dataSource.destroy();
      throw error;
    }
  }

  /**
   * Runs one direction of a migration, then `record` with what Postgres said meanwhile, in one transaction if the migration
   * has one. Nothing is committed once the right to migrate is lost. Throws {@link MigrationStepFailure}.
   */
  async run(
    migration: Migration,
    direction: 'up' | 'down',
    record: (runner: QueryRunner, notices: string) => Promise<void>,
  ): Promise<void> {
    this.notices = [];
    await this.configure(migration);
    const step = migration.create();
    if (migration.isTransactional) {
      await this.inTransaction(async () => {
        await step[direction](this.runner);
        await record(this.runner, this.noticed());
      });
      return;
    }
    try {
      await step[direction](this.runner);
    } catch (error) {
      throw new MigrationStepFailure(error, false);
    }
    await this.inTransaction(() => record(this.runner, this.noticed()));
  }

  /**
   * What is in the schema of this connection, and what would be in a new one after each migration: they are run in a scratch
   * schema and a transaction that is rolled back. Ends before the first that needs to run outside of one.
   */
  async rehearse(build: readonly Migration[]): Promise<Rehearsal> {
    const [found] = (await this.runner.query('SELECT current_schema() AS name')) as { name: string }[];
    await this.runner.startTransaction();
    try {
      const present = await fingerprint(this.runner, found?.name ?? 'public');
      await this.runner.query(`CREATE SCHEMA ${SCRATCH_SCHEMA}`);
      await this.runner.query(`SET LOCAL search_path = ${SCRATCH_SCHEMA}`);
      const states: Rehearsal['states'] = [];
      for (const migration of build) {
        if (!migration.isTransactional) break;
        await migration.create().up(this.runner);
        states.push({ migration, parts: await fingerprint(this.runner, SCRATCH_SCHEMA) });
      }
      return { present, states };
    } finally {
      await this.runner.rollbackTransaction();
    }
  }

  async close(): Promise<void> {
    await this.runner.release();
    await this.dataSource.destroy();
  }

  /** Settings a migration made for itself end with it. */
  private async configure({ statementTimeoutSeconds }: Migration): Promise<void> {
    const { tableLockMs, idleTransactionMs } = this.session.pace;
    await this.runner.query(
      `RESET ALL; SET lock_timeout = ${tableLockMs}; SET statement_timeout = ${statementTimeoutSeconds * 1000};
       SET idle_in_transaction_session_timeout = ${idleTransactionMs}`,
    );
  }

  private async inTransaction(work: () => Promise<void>): Promise<void> {
    let isCommitting = false;
    try {
      await this.runner.startTransaction();
      await work();
      await this.session.lock.verify();
      isCommitting = true;
      await this.runner.commitTransaction();
    } catch (error) {
      const isRolledBack = !isCommitting && (await this.rollBack());
      throw new MigrationStepFailure(error, isRolledBack);
    }
  }

  /** False when the connection is gone: then Postgres rolls back, and the next start makes sure. */
  private async rollBack(): Promise<boolean> {
    try {
      if (this.runner.isTransactionActive) await this.runner.rollbackTransaction();
      return true;
    } catch {
      return false;
    }
  }

  private noticed(): string {
    return this.notices.join('\n').slice(0, MAX_NOTICE_CHARACTERS);
  }
}
