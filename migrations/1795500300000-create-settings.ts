import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What administrators switch for the whole installation; a setting without a row has its default. */
export class CreateSettings1795500300000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE settings (
        name varchar(64) CONSTRAINT pk_settings PRIMARY KEY,
        value jsonb NOT NULL,
        updated_at timestamptz NOT NULL,
        updated_by varchar(200) NOT NULL
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE settings');
  }
}
