import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Administrators page through the runs of all organizations, newest first. */
export class IndexRunsByTime1795507200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE INDEX ix_runs_created_at ON runs (created_at, id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX ix_runs_created_at');
  }
}
