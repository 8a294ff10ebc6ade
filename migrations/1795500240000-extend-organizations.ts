import { type MigrationInterface, type QueryRunner } from 'typeorm';

const OWNED_BY_ORGANIZATIONS = ['workspaces', 'runs', 'state_versions', 'clusters', 'capacity_requests'];

/** Contact, money and node settings of organizations; passcodes and the ledger; deleting an organization deletes what is its own. */
export class ExtendOrganizations1795500240000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE organizations
        ADD COLUMN contact_name varchar(200) NOT NULL DEFAULT 'support team',
        ADD COLUMN contact_email varchar(254),
        ADD COLUMN max_allowance numeric(12,4) NOT NULL DEFAULT 0,
        ADD COLUMN monthly_allowance numeric(12,4) NOT NULL DEFAULT 0,
        ADD COLUMN node_configuration varchar(32),
        ADD COLUMN availability_zone varchar(32) NOT NULL DEFAULT 'us-west-2c',
        ADD COLUMN spot_max_price numeric(12,4) NOT NULL DEFAULT 0.17
          CONSTRAINT ck_organizations_spot_max_price CHECK (spot_max_price > 0),
        ADD COLUMN spot_allocation_strategy varchar(40) NOT NULL DEFAULT 'lowest-price'
          CONSTRAINT ck_organizations_spot_allocation_strategy CHECK (spot_allocation_strategy IN
            ('lowest-price', 'capacity-optimized', 'capacity-optimized-prioritized', 'price-capacity-optimized'));

      -- Only a hash: whoever reads the table cannot join with it.
      CREATE TABLE organization_passcodes (
        id uuid CONSTRAINT pk_organization_passcodes PRIMARY KEY,
        organization_id uuid NOT NULL
          CONSTRAINT fk_organization_passcodes_organization REFERENCES organizations ON DELETE CASCADE,
        code_hash char(64) NOT NULL CONSTRAINT uq_organization_passcodes_code_hash UNIQUE,
        role varchar(16) NOT NULL CONSTRAINT ck_organization_passcodes_role CHECK (role IN ('owner', 'member')),
        expires_at timestamptz,
        max_uses integer CONSTRAINT ck_organization_passcodes_max_uses CHECK (max_uses > 0),
        uses integer NOT NULL DEFAULT 0,
        created_by varchar(200) NOT NULL,
        created_at timestamptz NOT NULL,
        revoked_at timestamptz,
        CONSTRAINT ck_organization_passcodes_uses CHECK (uses >= 0 AND (max_uses IS NULL OR uses <= max_uses))
      );
      CREATE INDEX ix_organization_passcodes_organization ON organization_passcodes (organization_id, created_at DESC);

      -- Credits are positive, charges negative; the balance of an organization is the sum.
      CREATE TABLE ledger_entries (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_ledger_entries PRIMARY KEY,
        organization_id uuid NOT NULL
          CONSTRAINT fk_ledger_entries_organization REFERENCES organizations ON DELETE CASCADE,
        occurred_at timestamptz NOT NULL,
        kind varchar(16) NOT NULL
          CONSTRAINT ck_ledger_entries_kind CHECK (kind IN ('opening', 'credit', 'charge', 'adjustment')),
        amount numeric(12,4) NOT NULL,
        description varchar(500) NOT NULL,
        created_by varchar(200) NOT NULL
      );
      CREATE INDEX ix_ledger_entries_organization ON ledger_entries (organization_id, occurred_at);
      CREATE UNIQUE INDEX uq_ledger_entries_opening ON ledger_entries (organization_id) WHERE kind = 'opening';

      CREATE FUNCTION keep_ledger_entry() RETURNS trigger LANGUAGE plpgsql AS $keep$
      BEGIN
        -- Only together with its organization; that deletion records the last balance in the audit log.
        IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM organizations WHERE id = OLD.organization_id) THEN
          RETURN OLD;
        END IF;
        RAISE EXCEPTION 'ledger_entries is append only: write an adjustment instead';
      END
      $keep$;
      CREATE TRIGGER tr_ledger_entries_append_only BEFORE UPDATE OR DELETE ON ledger_entries
        FOR EACH ROW EXECUTE FUNCTION keep_ledger_entry();

      ALTER TABLE capacity_requests DROP CONSTRAINT ck_capacity_requests_end_reason,
        ADD CONSTRAINT ck_capacity_requests_end_reason
          CHECK (end_reason IN ('expired', 'released', 'removed', 'access_ended'));
    `);
    for (const table of OWNED_BY_ORGANIZATIONS) await queryRunner.query(foreignKey(table, 'ON DELETE CASCADE'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of OWNED_BY_ORGANIZATIONS) await queryRunner.query(foreignKey(table, ''));
    await queryRunner.query(`
      UPDATE capacity_requests SET end_reason = 'removed' WHERE end_reason = 'access_ended';
      ALTER TABLE capacity_requests DROP CONSTRAINT ck_capacity_requests_end_reason,
        ADD CONSTRAINT ck_capacity_requests_end_reason CHECK (end_reason IN ('expired', 'released', 'removed'));
      DROP TABLE ledger_entries, organization_passcodes;
      DROP FUNCTION keep_ledger_entry();
      ALTER TABLE organizations DROP COLUMN contact_name, DROP COLUMN contact_email, DROP COLUMN max_allowance,
        DROP COLUMN monthly_allowance, DROP COLUMN node_configuration, DROP COLUMN availability_zone,
        DROP COLUMN spot_max_price, DROP COLUMN spot_allocation_strategy;
    `);
  }
}

/** The lines of a run's log go with their run, so run_log needs no key of its own. */
function foreignKey(table: string, onDelete: string): string {
  return `ALTER TABLE ${table} DROP CONSTRAINT fk_${table}_organization,
    ADD CONSTRAINT fk_${table}_organization FOREIGN KEY (organization_id) REFERENCES organizations ${onDelete}`;
}
