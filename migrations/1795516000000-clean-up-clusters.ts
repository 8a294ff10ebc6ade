import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** First deployments that were never completed, and runs that take down what they left. */
export class CleanUpClusters1795516000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // Null for what stands already: nobody knows whether it was ever complete, so nothing takes it down unasked.
    await queryRunner.query(`
      ALTER TABLE clusters ADD COLUMN half_built_at timestamptz;
      ALTER TABLE runs
        DROP CONSTRAINT ck_runs_trigger,
        ADD CONSTRAINT ck_runs_trigger CHECK (trigger IN
          ('capacity', 'configuration', 'expiry', 'retry', 'admin', 'user', 'drift', 'cleanup'));
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE runs DROP CONSTRAINT ck_runs_trigger;
      UPDATE runs SET trigger = 'retry' WHERE trigger = 'cleanup';
      ALTER TABLE runs
        ADD CONSTRAINT ck_runs_trigger CHECK (trigger IN
          ('capacity', 'configuration', 'expiry', 'retry', 'admin', 'user', 'drift'));
      ALTER TABLE clusters DROP COLUMN half_built_at;
    `);
  }
}
