import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Long-lived tokens people make for their programs. Only the SHA-256 of a token is stored, in hexadecimal. */
export class CreatePersonalAccessTokens1795500120000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE personal_access_tokens (
        id uuid CONSTRAINT pk_personal_access_tokens PRIMARY KEY,
        user_id integer NOT NULL CONSTRAINT fk_personal_access_tokens_user REFERENCES users ON DELETE CASCADE,
        organization_id uuid
          CONSTRAINT fk_personal_access_tokens_organization REFERENCES organizations ON DELETE CASCADE,
        name varchar(100) NOT NULL CONSTRAINT ck_personal_access_tokens_name CHECK (name <> ''),
        token_hash char(64) NOT NULL CONSTRAINT uq_personal_access_tokens_token_hash UNIQUE,
        scopes varchar(64)[] NOT NULL CONSTRAINT ck_personal_access_tokens_scopes CHECK (cardinality(scopes) > 0),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
          CONSTRAINT ck_personal_access_tokens_expires_at CHECK (expires_at <= created_at + interval '366 days'),
        last_used_at timestamptz,
        revoked_at timestamptz
      );
      CREATE INDEX ix_personal_access_tokens_user ON personal_access_tokens (user_id);
      CREATE INDEX ix_personal_access_tokens_organization ON personal_access_tokens (organization_id);
      CREATE INDEX ix_personal_access_tokens_expires_at ON personal_access_tokens (expires_at);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE personal_access_tokens');
  }
}
