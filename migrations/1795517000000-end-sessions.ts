import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Sessions and refresh tokens that end without a new password. */
export class EndSessions1795517000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE users ADD COLUMN sessions_ended_at timestamptz');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE users DROP COLUMN sessions_ended_at');
  }
}
