import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Accounts at GitHub that open accounts here, and logins through GitHub that are under way. */
export class CreateSocialAccounts1795510800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE social_accounts (
        id uuid CONSTRAINT pk_social_accounts PRIMARY KEY,
        user_id integer NOT NULL CONSTRAINT fk_social_accounts_user REFERENCES users ON DELETE CASCADE,
        provider varchar(32) NOT NULL CONSTRAINT ck_social_accounts_provider CHECK (provider = 'github'),
        -- The provider's own number of the account. Never the name: names are given to somebody else when they are free.
        uid varchar(191) NOT NULL CONSTRAINT ck_social_accounts_uid CHECK (uid <> ''),
        -- The name as it was at the last login, for people to read.
        login varchar(150) NOT NULL,
        linked_at timestamptz NOT NULL,
        last_login_at timestamptz,
        CONSTRAINT uq_social_accounts_provider_uid UNIQUE (provider, uid),
        CONSTRAINT uq_social_accounts_user_provider UNIQUE (user_id, provider)
      );

      CREATE TABLE github_flows (
        -- SHA-256 of what only the one who began it holds.
        secret_hash bytea CONSTRAINT pk_github_flows PRIMARY KEY,
        -- browser: at GitHub's pages; device: its code is polled for; session: done, and waits to be picked up.
        kind varchar(16) NOT NULL CONSTRAINT ck_github_flows_kind CHECK (kind IN ('browser', 'device', 'session')),
        -- Whose account is linked, or whose session it is; null for a login.
        user_id integer CONSTRAINT fk_github_flows_user REFERENCES users ON DELETE CASCADE,
        return_to varchar(500),
        -- Encrypted: with it anybody could pick up the token at GitHub.
        sealed_device_code bytea,
        interval_seconds integer,
        next_poll_at timestamptz,
        started_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT ck_github_flows_browser CHECK ((kind = 'browser') = (return_to IS NOT NULL)),
        CONSTRAINT ck_github_flows_device CHECK (
          (kind = 'device') = (sealed_device_code IS NOT NULL)
          AND (kind = 'device') = (interval_seconds IS NOT NULL)
          AND (kind = 'device') = (next_poll_at IS NOT NULL)),
        CONSTRAINT ck_github_flows_session CHECK (kind <> 'session' OR user_id IS NOT NULL)
      );
      CREATE INDEX ix_github_flows_user ON github_flows (user_id);
      CREATE INDEX ix_github_flows_expires_at ON github_flows (expires_at);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE github_flows, social_accounts');
  }
}
