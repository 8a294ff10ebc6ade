import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What members ask for, and the one cluster of each organization. */
export class CreateCapacity1795478520000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE clusters (
        organization_id uuid CONSTRAINT pk_clusters PRIMARY KEY
          CONSTRAINT fk_clusters_organization REFERENCES organizations,
        desired_nodes integer NOT NULL DEFAULT 0 CONSTRAINT ck_clusters_desired_nodes CHECK (desired_nodes >= 0),
        is_removal_desired boolean NOT NULL DEFAULT false,
        is_deployed boolean NOT NULL DEFAULT false,
        -- False while the last run left the cluster half built: it must not count as what was wished for.
        is_settled boolean NOT NULL DEFAULT true,
        node_count integer NOT NULL DEFAULT 0 CONSTRAINT ck_clusters_node_count CHECK (node_count >= 0),
        address varchar(255),
        cluster_version varchar(16),
        is_public boolean NOT NULL DEFAULT false,
        outputs jsonb NOT NULL DEFAULT '{}',
        failed_wish varchar(200),
        is_held boolean NOT NULL DEFAULT false,
        consecutive_failures integer NOT NULL DEFAULT 0,
        retry_not_before timestamptz,
        last_error text,
        updated_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE capacity_requests (
        id uuid CONSTRAINT pk_capacity_requests PRIMARY KEY,
        organization_id uuid NOT NULL CONSTRAINT fk_capacity_requests_organization REFERENCES organizations,
        user_id integer NOT NULL CONSTRAINT fk_capacity_requests_user REFERENCES users ON DELETE CASCADE,
        node_count integer NOT NULL CONSTRAINT ck_capacity_requests_node_count CHECK (node_count >= 0),
        expires_at timestamptz NOT NULL
          CONSTRAINT ck_capacity_requests_whole_second CHECK (date_trunc('second', expires_at) = expires_at),
        created_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz,
        end_reason varchar(16)
          CONSTRAINT ck_capacity_requests_end_reason CHECK (end_reason IN ('expired', 'released', 'removed')),
        CONSTRAINT ck_capacity_requests_ended CHECK ((ended_at IS NULL) = (end_reason IS NULL))
      );
      CREATE UNIQUE INDEX uq_capacity_requests_live ON capacity_requests (organization_id, user_id, node_count, expires_at)
        WHERE ended_at IS NULL;
      CREATE INDEX ix_capacity_requests_expiry ON capacity_requests (expires_at) WHERE ended_at IS NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE capacity_requests, clusters');
  }
}
