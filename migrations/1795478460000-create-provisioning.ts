import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Runs of Terraform, their logs, and the state they leave. */
export class CreateProvisioning1795478460000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- One row per organization: its Terraform working directory and the fence its writers must hold.
      CREATE TABLE workspaces (
        organization_id uuid CONSTRAINT pk_workspaces PRIMARY KEY
          CONSTRAINT fk_workspaces_organization REFERENCES organizations,
        fencing_token bigint NOT NULL DEFAULT 0
      );

      CREATE TABLE runs (
        id uuid CONSTRAINT pk_runs PRIMARY KEY,
        organization_id uuid NOT NULL CONSTRAINT fk_runs_organization REFERENCES organizations,
        kind varchar(16) NOT NULL
          CONSTRAINT ck_runs_kind CHECK (kind IN ('setup', 'update', 'refresh', 'destroy', 'teardown')),
        status varchar(20) NOT NULL CONSTRAINT ck_runs_status CHECK (status IN (
          'queued', 'preparing', 'planning', 'awaiting_approval', 'applying', 'finalizing', 'canceling', 'lost', 'recovering',
          'succeeded', 'no_changes', 'failed', 'canceled', 'force_canceled', 'superseded')),
        trigger varchar(16) NOT NULL
          CONSTRAINT ck_runs_trigger CHECK (trigger IN ('capacity', 'expiry', 'retry', 'admin')),
        requested_by varchar(200) NOT NULL,
        inputs jsonb NOT NULL,
        priority smallint NOT NULL,
        fencing_token bigint,
        worker_id uuid,
        worker_host varchar(200),
        worker_process varchar(64),
        heartbeat_at timestamptz,
        cancel_requested_at timestamptz,
        cancel_requested_by varchar(200),
        planned_changes integer,
        completed_changes integer NOT NULL DEFAULT 0,
        result jsonb,
        failure_code varchar(64),
        failure_message text,
        observed_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        claimed_at timestamptz,
        finished_at timestamptz
      );
      -- At most one unfinished run per organization, and at most one follow-up waiting behind it.
      CREATE UNIQUE INDEX uq_runs_active ON runs (organization_id)
        WHERE status IN ('preparing', 'planning', 'awaiting_approval', 'applying', 'finalizing', 'canceling', 'lost', 'recovering');
      CREATE UNIQUE INDEX uq_runs_queued ON runs (organization_id) WHERE status = 'queued';
      CREATE INDEX ix_runs_queue ON runs (priority DESC, created_at) WHERE status = 'queued';
      CREATE INDEX ix_runs_organization ON runs (organization_id, created_at DESC);
      CREATE INDEX ix_runs_unobserved ON runs (organization_id) WHERE finished_at IS NOT NULL AND observed_at IS NULL;

      CREATE TABLE run_log (
        run_id uuid NOT NULL CONSTRAINT fk_run_log_run REFERENCES runs ON DELETE CASCADE,
        seq integer NOT NULL,
        organization_id uuid NOT NULL,
        occurred_at timestamptz NOT NULL,
        phase varchar(16) NOT NULL,
        type varchar(64) NOT NULL,
        level varchar(8) NOT NULL,
        message text NOT NULL,
        data jsonb,
        CONSTRAINT pk_run_log PRIMARY KEY (run_id, seq)
      );

      CREATE TABLE state_versions (
        id uuid CONSTRAINT pk_state_versions PRIMARY KEY,
        organization_id uuid NOT NULL CONSTRAINT fk_state_versions_organization REFERENCES organizations,
        run_id uuid NOT NULL CONSTRAINT fk_state_versions_run REFERENCES runs,
        lineage varchar(64) NOT NULL,
        serial bigint NOT NULL,
        sha256 char(64) NOT NULL,
        size_bytes integer NOT NULL,
        key_id varchar(32) NOT NULL,
        ciphertext bytea NOT NULL,
        fencing_token bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT uq_state_versions_serial UNIQUE (organization_id, lineage, serial)
      );
      CREATE INDEX ix_state_versions_newest ON state_versions (organization_id, created_at DESC);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE state_versions, run_log, runs, workspaces');
  }
}
