import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Plans that are only shown, approvals, the last resort of a cancel, when a run was in which status, and drift. */
export class ExtendRuns1795513000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE runs
        ADD COLUMN plan_only boolean NOT NULL DEFAULT false,
        ADD COLUMN changes jsonb,
        ADD COLUMN current_resource varchar(500),
        ADD COLUMN status_times jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN approval_reason text,
        ADD COLUMN approved_at timestamptz,
        ADD COLUMN approved_by varchar(200),
        ADD COLUMN force_requested_at timestamptz,
        ADD COLUMN force_requested_by varchar(200),
        DROP CONSTRAINT ck_runs_trigger,
        ADD CONSTRAINT ck_runs_trigger CHECK (trigger IN ('capacity', 'configuration', 'expiry', 'retry', 'admin', 'user', 'drift'));
      ALTER TABLE clusters
        ADD COLUMN drift jsonb,
        ADD COLUMN drift_checked_at timestamptz;
      INSERT INTO group_permissions (group_id, permission)
      SELECT g.id, p.permission FROM groups g, (VALUES ('runs.request')) AS p (permission)
      WHERE g.name = 'PS_Developer' ON CONFLICT DO NOTHING;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DELETE FROM group_permissions WHERE permission = 'runs.request';
      ALTER TABLE clusters DROP COLUMN drift, DROP COLUMN drift_checked_at;
      ALTER TABLE runs
        DROP COLUMN plan_only, DROP COLUMN changes, DROP COLUMN current_resource, DROP COLUMN status_times,
        DROP COLUMN approval_reason, DROP COLUMN approved_at, DROP COLUMN approved_by,
        DROP COLUMN force_requested_at, DROP COLUMN force_requested_by,
        DROP CONSTRAINT ck_runs_trigger;
      UPDATE runs SET trigger = 'admin' WHERE trigger IN ('user', 'drift');
      ALTER TABLE runs
        ADD CONSTRAINT ck_runs_trigger CHECK (trigger IN ('capacity', 'configuration', 'expiry', 'retry', 'admin'));
    `);
  }
}
