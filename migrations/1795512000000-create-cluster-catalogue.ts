import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Which releases of the cluster software there are, who may choose them, and in which variants; what a deployed cluster
 * was built with. Versions and variants that organizations have already are part of the catalogue from the start.
 */
export class CreateClusterCatalogue1795512000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TABLES);
    await queryRunner.query(FIRST_ROWS);
    await queryRunner.query(REFERENCES);
    await queryRunner.query(WHAT_CLUSTERS_ARE_BUILT_WITH);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      UPDATE runs SET trigger = 'capacity' WHERE trigger = 'configuration';
      ALTER TABLE runs DROP CONSTRAINT ck_runs_trigger,
        ADD CONSTRAINT ck_runs_trigger CHECK (trigger IN ('capacity', 'expiry', 'retry', 'admin'));
      ALTER TABLE clusters DROP COLUMN node_configuration, DROP COLUMN availability_zone,
        DROP COLUMN spot_max_price, DROP COLUMN spot_allocation_strategy;
      ALTER TABLE organizations DROP CONSTRAINT fk_organizations_node_configuration,
        DROP CONSTRAINT fk_organizations_cluster_version;
      DROP INDEX ix_organizations_cluster_version;
      DROP TABLE node_configurations, cluster_version_organizations, cluster_versions;
      DELETE FROM group_permissions WHERE permission = 'catalogue.manage';
    `);
  }
}

const TABLES = `
  CREATE TABLE cluster_versions (
    name varchar(16) CONSTRAINT pk_cluster_versions PRIMARY KEY,
    is_enabled boolean NOT NULL DEFAULT true,
    -- A restricted version is for the organizations of cluster_version_organizations, also when that is none.
    is_restricted boolean NOT NULL DEFAULT false,
    description varchar(500) NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );

  CREATE TABLE cluster_version_organizations (
    cluster_version varchar(16) NOT NULL
      CONSTRAINT fk_cluster_version_organizations_version REFERENCES cluster_versions ON DELETE CASCADE,
    organization_id uuid NOT NULL
      CONSTRAINT fk_cluster_version_organizations_organization REFERENCES organizations ON DELETE CASCADE,
    CONSTRAINT pk_cluster_version_organizations PRIMARY KEY (cluster_version, organization_id)
  );
  CREATE INDEX ix_cluster_version_organizations_organization ON cluster_version_organizations (organization_id);

  CREATE TABLE node_configurations (
    cluster_version varchar(16) NOT NULL
      CONSTRAINT fk_node_configurations_version REFERENCES cluster_versions ON DELETE CASCADE,
    name varchar(32) NOT NULL,
    CONSTRAINT pk_node_configurations PRIMARY KEY (cluster_version, name)
  );
`;

const FIRST_ROWS = `
  INSERT INTO cluster_versions (name) VALUES ('latest') ON CONFLICT DO NOTHING;
  INSERT INTO cluster_versions (name) SELECT DISTINCT cluster_version FROM organizations ON CONFLICT DO NOTHING;
  INSERT INTO node_configurations (cluster_version, name) VALUES
    ('latest', 't4g_2xlarge'), ('latest', 't4g_large'), ('latest', 'r8g_2xlarge'), ('latest', 'graviton3_spot')
    ON CONFLICT DO NOTHING;
  INSERT INTO node_configurations (cluster_version, name)
    SELECT DISTINCT cluster_version, node_configuration FROM organizations WHERE node_configuration IS NOT NULL
    ON CONFLICT DO NOTHING;
  INSERT INTO group_permissions (group_id, permission)
    SELECT id, 'catalogue.manage' FROM groups WHERE name = 'PS_Developer' ON CONFLICT DO NOTHING;
`;

const REFERENCES = `
  CREATE INDEX ix_organizations_cluster_version ON organizations (cluster_version, node_configuration);
  ALTER TABLE organizations
    ADD CONSTRAINT fk_organizations_cluster_version FOREIGN KEY (cluster_version) REFERENCES cluster_versions,
    ADD CONSTRAINT fk_organizations_node_configuration
      FOREIGN KEY (cluster_version, node_configuration) REFERENCES node_configurations;
`;

/** Until now no cluster depended on these settings, so one that is deployed is what its organization has chosen. */
const WHAT_CLUSTERS_ARE_BUILT_WITH = `
  ALTER TABLE clusters
    ADD COLUMN node_configuration varchar(32),
    -- Null while nobody knows: then the other three say nothing either.
    ADD COLUMN availability_zone varchar(32),
    ADD COLUMN spot_max_price numeric(12,4),
    ADD COLUMN spot_allocation_strategy varchar(40);
  UPDATE clusters c SET node_configuration = o.node_configuration, availability_zone = o.availability_zone,
      spot_max_price = o.spot_max_price, spot_allocation_strategy = o.spot_allocation_strategy
    FROM organizations o WHERE o.id = c.organization_id AND c.is_deployed;
  ALTER TABLE runs DROP CONSTRAINT ck_runs_trigger,
    ADD CONSTRAINT ck_runs_trigger CHECK (trigger IN ('capacity', 'configuration', 'expiry', 'retry', 'admin'));
`;
