import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What was imported from the old system, row by row: with it a second import changes nothing, and does not undo what
 * happened here since.
 */
export class CreateImportedRows1795510860000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE imported_rows (
        table_name varchar(63) NOT NULL,
        -- The columns that identify the row, with slashes between them.
        row_key varchar(200) NOT NULL,
        -- SHA-256 of the imported values, in hexadecimal.
        fingerprint char(64) NOT NULL,
        imported_at timestamptz NOT NULL,
        CONSTRAINT pk_imported_rows PRIMARY KEY (table_name, row_key)
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE imported_rows');
  }
}
