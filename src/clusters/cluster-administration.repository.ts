import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { findListed, type Listing, listPage } from '../database/listing.js';
import { type SqlRunner } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';
import { type AdministeredCluster } from './clusters.types.js';

const OPEN_ORPHANS = `orphans p
  WHERE p.organization_id = c.organization_id AND p.resolved_at IS NULL AND p.forgotten_at IS NULL`;

const CLUSTERS: Listing = {
  columns: `c.organization_id AS "organizationId", o.name AS "organizationName", o.target, c.desired_nodes AS "desiredNodes",
    c.is_removal_desired AS "isRemovalDesired", c.is_deployed AS "isDeployed", c.is_settled AS "isSettled",
    c.node_count AS "nodeCount", c.address, c.cluster_version AS "clusterVersion", c.is_public AS "isPublic",
    c.is_held AS "isHeld", c.half_built_at AS "halfBuiltAt", c.consecutive_failures AS "consecutiveFailures", c.retry_not_before AS "retryNotBefore",
    c.last_error AS "lastError", c.drift, c.drift_checked_at AS "driftCheckedAt", c.updated_at AS "updatedAt",
    (SELECT count(*)::integer FROM ${OPEN_ORPHANS}) AS "orphanCount"`,
  source: 'clusters c JOIN organizations o ON o.id = c.organization_id',
  key: { sql: 'c.organization_id', type: 'uuid' },
  sorts: {
    organization: { sql: 'lower(o.name)', type: 'text' },
    nodeCount: { sql: 'c.node_count', type: 'integer' },
    consecutiveFailures: { sql: 'c.consecutive_failures', type: 'integer' },
    updatedAt: { sql: 'c.updated_at', type: 'timestamptz' },
  },
  filters: {
    isDeployed: 'c.is_deployed = $::boolean',
    isSettled: 'c.is_settled = $::boolean',
    isDrifted: '(c.drift IS NOT NULL) = $::boolean',
    isFailing: '(c.consecutive_failures > 0) = $::boolean',
    hasOrphans: `EXISTS (SELECT 1 FROM ${OPEN_ORPHANS}) = $::boolean`,
    target: 'o.target = $::text',
  },
  search: ['o.name', "coalesce(c.address, '')", "coalesce(c.last_error, '')"],
};

@Injectable()
export class ClusterAdministrationRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<AdministeredCluster>> {
    return listPage(this.dataSource, CLUSTERS, query);
  }

  find(organizationId: string, runner: SqlRunner = this.dataSource): Promise<AdministeredCluster | null> {
    return findListed(runner, CLUSTERS, organizationId);
  }

  /** Forgets the failures and the hold, so that the wish is tried as if for the first time. */
  async forgetFailures(tx: Transaction, organizationId: string, now: Date): Promise<void> {
    await tx.query(
      `UPDATE clusters SET failed_wish = NULL, is_held = false, consecutive_failures = 0, retry_not_before = NULL,
         updated_at = $2 WHERE organization_id = $1`,
      [organizationId, now],
    );
  }
}
