import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * How far each output of a run is stored, kept in the row that carries the fence, so that lines and position change
 * together. States are ordered by fence: the clocks of two hosts do not agree, fences do.
 */
export class AddRunLogPositions1795503600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE runs ADD COLUMN log_positions jsonb NOT NULL DEFAULT '{}';
      CREATE INDEX ix_state_versions_fence ON state_versions (organization_id, fencing_token DESC, serial DESC);
      DROP INDEX ix_state_versions_newest;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX ix_state_versions_newest ON state_versions (organization_id, created_at DESC);
      DROP INDEX ix_state_versions_fence;
      ALTER TABLE runs DROP COLUMN log_positions;
    `);
  }
}
