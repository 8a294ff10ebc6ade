import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** States that no run made: older ones an administrator went back to, and those of clusters that were taken over. */
export class ExtendStateVersions1795514000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE state_versions
        ALTER COLUMN run_id DROP NOT NULL,
        ADD COLUMN source varchar(16) NOT NULL DEFAULT 'run'
          CONSTRAINT ck_state_versions_source CHECK (source IN ('run', 'rollback', 'adoption')),
        ADD COLUMN created_by varchar(200),
        ADD CONSTRAINT ck_state_versions_maker CHECK ((source = 'run') = (run_id IS NOT NULL));

      -- Texts the old system made a cluster with, so that taking it over changes nothing. No secret is in them.
      CREATE TABLE adopted_contents (
        organization_id uuid CONSTRAINT pk_adopted_contents PRIMARY KEY
          CONSTRAINT fk_adopted_contents_organization REFERENCES organizations ON DELETE CASCADE,
        contents jsonb NOT NULL,
        made_for jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        created_by varchar(200) NOT NULL
      );
    `);
  }

  /** Refused by the database while there is a state that no run made: deleting one would lose sight of a cluster. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE adopted_contents;
      ALTER TABLE state_versions
        DROP CONSTRAINT ck_state_versions_maker,
        DROP COLUMN created_by,
        DROP COLUMN source,
        ALTER COLUMN run_id SET NOT NULL;
    `);
  }
}
