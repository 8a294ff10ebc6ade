import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What exists at AWS for a cluster and is in no Terraform state, as the last look found it. */
export class CreateOrphans1795515000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE orphans (
        id uuid CONSTRAINT pk_orphans PRIMARY KEY,
        organization_id uuid NOT NULL CONSTRAINT fk_orphans_organization REFERENCES organizations ON DELETE CASCADE,
        resource_type varchar(100) NOT NULL,
        resource_id varchar(2048) NOT NULL,
        name varchar(300),
        -- What the configuration calls it; null for what it has no place for.
        address varchar(300),
        found_by_run uuid NOT NULL CONSTRAINT fk_orphans_run REFERENCES runs ON DELETE CASCADE,
        found_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        -- Since when it is gone or in a state.
        resolved_at timestamptz,
        forgotten_at timestamptz,
        forgotten_by varchar(200),
        CONSTRAINT uq_orphans_resource UNIQUE (organization_id, resource_type, resource_id),
        CONSTRAINT ck_orphans_forgotten CHECK ((forgotten_at IS NULL) = (forgotten_by IS NULL))
      );
      CREATE INDEX ix_orphans_open ON orphans (organization_id) WHERE resolved_at IS NULL AND forgotten_at IS NULL;
      CREATE INDEX ix_orphans_run ON orphans (found_by_run);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE orphans');
  }
}
