import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * People's e-mail addresses, the tokens that prove them, and mails that wait to be sent. `users.email` stays as a copy
 * of the primary address. Accounts from before were made by administrators, so their addresses count as verified; of
 * several accounts with the same address only one can, the oldest active one.
 */
export class CreateEmailAddresses1795500060000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE users
        -- Tokens issued until this instant came of another password.
        ADD COLUMN password_changed_at timestamptz,
        -- Who registered alone proves an address first; accounts that administrators make need not.
        ADD COLUMN requires_verified_email boolean NOT NULL DEFAULT false,
        ADD COLUMN deleted_at timestamptz,
        ADD CONSTRAINT ck_users_deleted CHECK (
          deleted_at IS NULL OR (email = '' AND NOT is_active AND NOT is_staff AND NOT is_superuser));

      CREATE TABLE email_addresses (
        id uuid CONSTRAINT pk_email_addresses PRIMARY KEY,
        user_id integer NOT NULL CONSTRAINT fk_email_addresses_user REFERENCES users ON DELETE CASCADE,
        email varchar(254) NOT NULL CONSTRAINT ck_email_addresses_email CHECK (email <> ''),
        is_primary boolean NOT NULL,
        verified_at timestamptz,
        created_at timestamptz NOT NULL
      );
      CREATE UNIQUE INDEX uq_email_addresses_user_email ON email_addresses (user_id, lower(email));
      CREATE UNIQUE INDEX uq_email_addresses_primary ON email_addresses (user_id) WHERE is_primary;
      CREATE UNIQUE INDEX uq_email_addresses_verified ON email_addresses (lower(email)) WHERE verified_at IS NOT NULL;
      CREATE INDEX ix_email_addresses_email ON email_addresses (lower(email));

      INSERT INTO email_addresses (id, user_id, email, is_primary, verified_at, created_at)
      SELECT gen_random_uuid(), id, email, true, CASE WHEN rank = 1 THEN created_at END, created_at
      FROM (SELECT u.*, row_number() OVER (PARTITION BY lower(email) ORDER BY is_active DESC, id) AS rank FROM users u) ranked
      WHERE email <> '';

      CREATE TABLE one_time_tokens (
        token_hash char(64) CONSTRAINT pk_one_time_tokens PRIMARY KEY,
        purpose varchar(16) NOT NULL
          CONSTRAINT ck_one_time_tokens_purpose CHECK (purpose IN ('verify_email', 'reset_password')),
        user_id integer NOT NULL CONSTRAINT fk_one_time_tokens_user REFERENCES users ON DELETE CASCADE,
        email varchar(254) NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      );
      CREATE INDEX ix_one_time_tokens_user ON one_time_tokens (user_id);
      CREATE INDEX ix_one_time_tokens_expires_at ON one_time_tokens (expires_at);

      CREATE TABLE mail_outbox (
        id uuid CONSTRAINT pk_mail_outbox PRIMARY KEY,
        kind varchar(32) NOT NULL,
        recipient varchar(254) NOT NULL,
        subject varchar(200) NOT NULL,
        -- Encrypted, because texts hold one-time links; gone as soon as the mail is.
        sealed_text bytea,
        status varchar(16) NOT NULL CONSTRAINT ck_mail_outbox_status CHECK (status IN ('waiting', 'sent', 'given_up')),
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL,
        last_error varchar(500),
        provider_message_id varchar(200),
        created_at timestamptz NOT NULL,
        finished_at timestamptz,
        CONSTRAINT ck_mail_outbox_waiting CHECK (
          (status = 'waiting') = (sealed_text IS NOT NULL) AND (status = 'waiting') = (finished_at IS NULL))
      );
      CREATE INDEX ix_mail_outbox_due ON mail_outbox (next_attempt_at) WHERE status = 'waiting';
      CREATE INDEX ix_mail_outbox_finished_at ON mail_outbox (finished_at);

      -- Until when an address gets no further mail of a kind.
      CREATE TABLE mail_cooldowns (
        kind varchar(32) NOT NULL,
        recipient varchar(254) NOT NULL,
        ends_at timestamptz NOT NULL,
        CONSTRAINT pk_mail_cooldowns PRIMARY KEY (kind, recipient)
      );
      CREATE INDEX ix_mail_cooldowns_ends_at ON mail_cooldowns (ends_at);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE mail_cooldowns, mail_outbox, one_time_tokens, email_addresses;
      ALTER TABLE users
        DROP CONSTRAINT ck_users_deleted,
        DROP COLUMN deleted_at,
        DROP COLUMN requires_verified_email,
        DROP COLUMN password_changed_at;
    `);
  }
}
