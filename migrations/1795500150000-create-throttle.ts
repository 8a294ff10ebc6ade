import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Counters of attempts, shared by all processes, and the addresses people have logged in from. Keys are the SHA-256 of
 * what they stand for, so that the tables are no list of names and addresses. The counters are not worth a write-ahead
 * log: after a crash of Postgres they start at zero.
 */
export class CreateThrottle1795500150000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE UNLOGGED TABLE throttle (
        key bytea CONSTRAINT pk_throttle PRIMARY KEY,
        count integer NOT NULL,
        allowed integer NOT NULL,
        window_ends_at timestamptz NOT NULL
      );
      CREATE INDEX ix_throttle_window_ends_at ON throttle (window_ends_at);

      CREATE TABLE known_addresses (
        key bytea CONSTRAINT pk_known_addresses PRIMARY KEY,
        last_succeeded_at timestamptz NOT NULL
      );
      CREATE INDEX ix_known_addresses_last_succeeded_at ON known_addresses (last_succeeded_at);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE known_addresses, throttle');
  }
}
