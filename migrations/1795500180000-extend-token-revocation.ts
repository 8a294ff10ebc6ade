import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Why a refresh token ended, and which one took its place: tokens carry no family, so the rows are the only thread that
 * leads from a reused token to the one in use. Rows from before have no successor; reuse of those revokes nothing more.
 */
export class ExtendTokenRevocation1795500180000 implements MigrationInterface {
  /** The release before stores no reason, and can no longer revoke. */
  readonly compat = 'contract';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE revoked_tokens
        ADD COLUMN reason varchar(16) NOT NULL DEFAULT 'rotated',
        ADD COLUMN successor_jti varchar(64),
        ADD COLUMN successor_expires_at timestamptz,
        ADD CONSTRAINT ck_revoked_tokens_reason CHECK (reason IN ('rotated', 'blacklisted', 'family', 'imported')),
        ADD CONSTRAINT ck_revoked_tokens_successor CHECK ((successor_jti IS NULL) = (successor_expires_at IS NULL));
      ALTER TABLE revoked_tokens ALTER COLUMN reason DROP DEFAULT;
      CREATE INDEX ix_revoked_tokens_user ON revoked_tokens (user_id);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX ix_revoked_tokens_user;
      ALTER TABLE revoked_tokens
        DROP CONSTRAINT ck_revoked_tokens_successor,
        DROP CONSTRAINT ck_revoked_tokens_reason,
        DROP COLUMN successor_expires_at,
        DROP COLUMN successor_jti,
        DROP COLUMN reason;
    `);
  }
}
