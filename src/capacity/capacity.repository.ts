import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows, type SqlRunner } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';
import { type CapacityOutlook, type CapacityRequest } from './capacity.types.js';

export type EndReason = 'expired' | 'released' | 'removed' | 'access_ended';

const COLUMNS = `id, organization_id AS "organizationId", user_id AS "userId", node_count AS "nodeCount",
  expires_at AS "expiresAt", created_at AS "createdAt"`;

@Injectable()
export class CapacityRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores the request unless an identical one is live; null in that case. */
  insert(request: CapacityRequest, runner: SqlRunner = this.dataSource): Promise<CapacityRequest | null> {
    return firstRow(
      runner,
      `INSERT INTO capacity_requests (id, organization_id, user_id, node_count, expires_at, created_at)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (organization_id, user_id, node_count, expires_at) WHERE ended_at IS NULL DO NOTHING
       RETURNING ${COLUMNS}`,
      [request.id, request.organizationId, request.userId, request.nodeCount, request.expiresAt, request.createdAt],
    );
  }

  findLiveTwin(request: CapacityRequest): Promise<CapacityRequest | null> {
    return firstRow(
      this.dataSource,
      `SELECT ${COLUMNS} FROM capacity_requests
       WHERE organization_id = $1 AND user_id = $2 AND node_count = $3 AND expires_at = $4 AND ended_at IS NULL`,
      [request.organizationId, request.userId, request.nodeCount, request.expiresAt],
    );
  }

  /** Live requests of the organization, largest first, then the one that expires first. */
  listLive(organizationId: string, runner: SqlRunner = this.dataSource): Promise<CapacityRequest[]> {
    return rows(
      runner,
      `SELECT ${COLUMNS} FROM capacity_requests WHERE organization_id = $1 AND ended_at IS NULL
       ORDER BY node_count DESC, expires_at, id`,
      [organizationId],
    );
  }

  /** Ends what has expired; the number of requests ended. */
  async endExpired(tx: Transaction, organizationId: string, now: Date): Promise<number> {
    const ended = await rows(
      tx,
      `UPDATE capacity_requests SET ended_at = $2, end_reason = 'expired'
       WHERE organization_id = $1 AND ended_at IS NULL AND expires_at <= $2 RETURNING id`,
      [organizationId, now],
    );
    return ended.length;
  }

  /** Ends the live requests of users who may not ask any more. */
  async endOfUsers(tx: Transaction, organizationId: string, userIds: number[], now: Date): Promise<void> {
    await tx.query(
      `UPDATE capacity_requests SET ended_at = $3, end_reason = 'access_ended'
       WHERE organization_id = $1 AND user_id = ANY ($2::integer[]) AND ended_at IS NULL`,
      [organizationId, userIds, now],
    );
  }

  /** How many requests are live, and when the first and the last of them expire. */
  async outlook(organizationId: string): Promise<CapacityOutlook> {
    const row = await firstRow<CapacityOutlook>(
      this.dataSource,
      `SELECT count(*)::integer AS "liveRequests", min(expires_at) AS "firstExpiry", max(expires_at) AS "lastExpiry"
       FROM capacity_requests WHERE organization_id = $1 AND ended_at IS NULL`,
      [organizationId],
    );
    if (!row) throw new Error('A SELECT of aggregates returned no row');
    return row;
  }

  /** Ends the given live requests, whosever they are; the ids that were live. */
  async endAll(
    tx: Transaction,
    organizationId: string,
    ids: string[],
    reason: EndReason,
    now: Date,
  ): Promise<string[]> {
    const ended = await rows<{ id: string }>(
      tx,
      `UPDATE capacity_requests SET ended_at = $3, end_reason = $4
       WHERE organization_id = $1 AND id = ANY ($2::uuid[]) AND ended_at IS NULL RETURNING id`,
      [organizationId, ids, now, reason],
    );
    return ended.map(({ id }) => id);
  }

  /** Ends the given live requests of one user; the ids that were live. */
  async end(organizationId: string, userId: number, ids: string[], reason: EndReason, now: Date): Promise<string[]> {
    const ended = await rows<{ id: string }>(
      this.dataSource,
      `UPDATE capacity_requests SET ended_at = $4, end_reason = $5
       WHERE organization_id = $1 AND user_id = $2 AND id = ANY ($3::uuid[]) AND ended_at IS NULL RETURNING id`,
      [organizationId, userId, ids, now, reason],
    );
    return ended.map(({ id }) => id);
  }

  /** Ends every live request of the user; the organizations that had one. */
  async endAllOf(tx: Transaction, userId: number, now: Date): Promise<string[]> {
    const ended = await rows<{ organizationId: string }>(
      tx,
      `UPDATE capacity_requests SET ended_at = $2, end_reason = 'released'
       WHERE user_id = $1 AND ended_at IS NULL RETURNING organization_id AS "organizationId"`,
      [userId, now],
    );
    return [...new Set(ended.map(({ organizationId }) => organizationId))];
  }

  /** Organizations the user has live requests in. */
  async listOrganizationsAskedBy(userId: number): Promise<string[]> {
    const found = await rows<{ id: string }>(
      this.dataSource,
      'SELECT DISTINCT organization_id AS id FROM capacity_requests WHERE user_id = $1 AND ended_at IS NULL',
      [userId],
    );
    return found.map(({ id }) => id);
  }

  async nextExpiry(): Promise<Date | null> {
    const sql = 'SELECT min(expires_at) AS "expiresAt" FROM capacity_requests WHERE ended_at IS NULL';
    return (await firstRow<{ expiresAt: Date | null }>(this.dataSource, sql))?.expiresAt ?? null;
  }

  /** Organizations with a request that should have ended by now. */
  async listOrganizationsWithExpired(now: Date): Promise<string[]> {
    const found = await rows<{ id: string }>(
      this.dataSource,
      `SELECT DISTINCT organization_id AS id FROM capacity_requests WHERE ended_at IS NULL AND expires_at <= $1`,
      [now],
    );
    return found.map(({ id }) => id);
  }

  /** Organizations for which the desired node count can be anything but "nothing asked, nothing there". */
  async listOrganizationsWithDemand(): Promise<string[]> {
    const found = await rows<{ id: string }>(
      this.dataSource,
      `SELECT o.id FROM organizations o LEFT JOIN clusters c ON c.organization_id = o.id
       WHERE o.min_nodes > 0 OR c.is_deployed OR c.desired_nodes > 0
         OR EXISTS (SELECT 1 FROM capacity_requests r WHERE r.organization_id = o.id AND r.ended_at IS NULL)`,
    );
    return found.map(({ id }) => id);
  }
}
