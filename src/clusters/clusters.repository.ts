import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows, type SqlRunner, violatedForeignKey } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';
import { OrganizationNotFoundError } from '../organizations/organizations.errors.js';
import { type ClusterView, type ClusterWish } from './clusters.types.js';

/** The stored cluster, with what the reconciler needs besides the public view. */
export interface ClusterRecord extends ClusterView {
  isRemovalDesired: boolean;
  isSettled: boolean;
  /** Key of the wish the failures and the hold belong to. */
  failedWish: string | null;
  /** A person cancelled the run for `failedWish`, or nobody agreed to its plan; it is not tried again until the wish changes. */
  isHeld: boolean;
  /** When a run last left a first deployment incomplete; null when there is none, or it was completed or taken down. */
  halfBuiltAt: Date | null;
  /** What stands was built with this and the next three; meaningless while the zone is null, because nobody knows. */
  nodeConfiguration: string | null;
  availabilityZone: string | null;
  spotAllocationStrategy: string | null;
  spotMaxPrice: string | null;
}

export type ClusterObservation = Pick<
  ClusterRecord,
  | 'isDeployed'
  | 'isSettled'
  | 'nodeCount'
  | 'address'
  | 'clusterVersion'
  | 'isPublic'
  | 'nodeConfiguration'
  | 'availabilityZone'
  | 'spotAllocationStrategy'
  | 'spotMaxPrice'
  | 'failedWish'
  | 'isHeld'
  | 'halfBuiltAt'
  | 'consecutiveFailures'
  | 'retryNotBefore'
  | 'lastError'
  | 'drift'
  | 'driftCheckedAt'
> & { outputs: Record<string, unknown> };

const COLUMNS = `
  organization_id AS "organizationId", desired_nodes AS "desiredNodes", is_removal_desired AS "isRemovalDesired",
  is_deployed AS "isDeployed", is_settled AS "isSettled", node_count AS "nodeCount", address,
  cluster_version AS "clusterVersion", is_public AS "isPublic", outputs, failed_wish AS "failedWish", is_held AS "isHeld",
  half_built_at AS "halfBuiltAt", node_configuration AS "nodeConfiguration", availability_zone AS "availabilityZone",
  spot_allocation_strategy AS "spotAllocationStrategy", spot_max_price AS "spotMaxPrice",
  drift, drift_checked_at AS "driftCheckedAt",
  consecutive_failures AS "consecutiveFailures", retry_not_before AS "retryNotBefore", last_error AS "lastError",
  updated_at AS "updatedAt"`;

@Injectable()
export class ClustersRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(organizationId: string, runner: SqlRunner = this.dataSource): Promise<ClusterRecord | null> {
    return firstRow(runner, `SELECT ${COLUMNS} FROM clusters WHERE organization_id = $1`, [organizationId]);
  }

  findAll(organizationIds: string[]): Promise<ClusterRecord[]> {
    const sql = `SELECT ${COLUMNS} FROM clusters WHERE organization_id = ANY ($1::uuid[])`;
    return rows(this.dataSource, sql, [organizationIds]);
  }

  /**
   * The organization's cluster, locked until the transaction ends; created when it is asked for the first time. Throws
   * OrganizationNotFoundError when the organization has been deleted meanwhile.
   */
  async lock(tx: Transaction, organizationId: string): Promise<ClusterRecord & { outputs: Record<string, unknown> }> {
    const sql = `SELECT ${COLUMNS} FROM clusters WHERE organization_id = $1 FOR UPDATE`;
    const found = await firstRow<ClusterRecord & { outputs: Record<string, unknown> }>(tx, sql, [organizationId]);
    if (found) return found;
    await this.create(tx, organizationId);
    return this.lock(tx, organizationId);
  }

  /** A changed wish is tried as if for the first time, also one that comes back. */
  async saveWish(tx: Transaction, organizationId: string, wish: ClusterWish): Promise<void> {
    await tx.query(
      `UPDATE clusters SET desired_nodes = $2, is_removal_desired = $3,
         failed_wish = NULL, is_held = false, consecutive_failures = 0, retry_not_before = NULL
       WHERE organization_id = $1 AND (desired_nodes, is_removal_desired) IS DISTINCT FROM ($2::integer, $3::boolean)`,
      [organizationId, wish.nodes, wish.isRemovalDesired],
    );
  }

  async saveObservation(tx: Transaction, organizationId: string, seen: ClusterObservation, now: Date): Promise<void> {
    await tx.query(
      `UPDATE clusters SET is_deployed = $2, is_settled = $3, node_count = $4, address = $5, cluster_version = $6,
         is_public = $7, outputs = $8, failed_wish = $9, is_held = $10, consecutive_failures = $11,
         retry_not_before = $12, last_error = $13, updated_at = $14, node_configuration = $15,
         availability_zone = $16, spot_allocation_strategy = $17, spot_max_price = $18,
         drift = $19, drift_checked_at = $20, half_built_at = $21
       WHERE organization_id = $1`,
      [
        organizationId,
        seen.isDeployed,
        seen.isSettled,
        seen.nodeCount,
        seen.address,
        seen.clusterVersion,
        seen.isPublic,
        JSON.stringify(seen.outputs),
        seen.failedWish,
        seen.isHeld,
        seen.consecutiveFailures,
        seen.retryNotBefore,
        seen.lastError,
        now,
        seen.nodeConfiguration,
        seen.availabilityZone,
        seen.spotAllocationStrategy,
        seen.spotMaxPrice,
        seen.drift === null ? null : JSON.stringify(seen.drift),
        seen.driftCheckedAt,
        seen.halfBuiltAt,
      ],
    );
  }

  /** Clusters in good order that nobody has compared with reality since `before`, those looked at longest ago first. */
  async listUnchecked(before: Date, limit: number): Promise<string[]> {
    const found = await rows<{ id: string }>(
      this.dataSource,
      `SELECT c.organization_id AS id FROM clusters c
       WHERE c.is_deployed AND c.is_settled AND (c.drift_checked_at IS NULL OR c.drift_checked_at < $1)
         AND c.updated_at < $1
         AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.organization_id = c.organization_id AND r.finished_at IS NULL)
         AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.organization_id = c.organization_id
           AND r.kind = 'refresh' AND r.trigger = 'drift' AND r.created_at > $1)
       ORDER BY c.drift_checked_at NULLS FIRST, c.organization_id LIMIT $2`,
      [before, limit],
    );
    return found.map(({ id }) => id);
  }

  /** Organizations whose cluster may need something; a superset is fine, the reconciler decides. */
  async listUnreconciled(): Promise<string[]> {
    const found = await rows<{ id: string }>(
      this.dataSource,
      `SELECT o.id FROM organizations o LEFT JOIN clusters c ON c.organization_id = o.id
       WHERE EXISTS (SELECT 1 FROM runs r WHERE r.organization_id = o.id AND r.finished_at IS NOT NULL AND r.observed_at IS NULL)
         OR EXISTS (SELECT 1 FROM runs q WHERE q.organization_id = o.id AND q.status = 'queued')
         OR NOT c.is_settled OR c.desired_nodes <> c.node_count OR (c.is_removal_desired AND c.is_deployed)
         OR (c.is_deployed AND (c.cluster_version <> o.cluster_version OR c.is_public <> o.is_public
           OR c.availability_zone <> o.availability_zone OR c.spot_max_price <> o.spot_max_price
           OR c.spot_allocation_strategy <> o.spot_allocation_strategy
           OR (c.availability_zone IS NOT NULL AND c.node_configuration IS DISTINCT FROM o.node_configuration)))`,
    );
    return found.map(({ id }) => id);
  }

  /** Holds no lock on the organization while it waits for another transaction's insert: that one may be about to delete it. */
  private async create(tx: Transaction, organizationId: string): Promise<void> {
    try {
      await tx.query('INSERT INTO clusters (organization_id) VALUES ($1) ON CONFLICT DO NOTHING', [organizationId]);
    } catch (error) {
      if (violatedForeignKey(error) === 'fk_clusters_organization') throw new OrganizationNotFoundError(organizationId);
      throw error;
    }
  }
}
