import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { findListed, type Listing, listPage } from '../database/listing.js';
import { type SqlRunner } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';
import { type AdministeredCapacityRequest } from './capacity.types.js';

const REQUESTS: Listing = {
  columns: `r.id, r.organization_id AS "organizationId", o.name AS "organizationName", r.user_id AS "userId", u.username,
    r.node_count AS "nodeCount", r.expires_at AS "expiresAt", r.created_at AS "createdAt", r.ended_at AS "endedAt",
    r.end_reason AS "endReason"`,
  source: 'capacity_requests r JOIN organizations o ON o.id = r.organization_id JOIN users u ON u.id = r.user_id',
  key: { sql: 'r.id', type: 'uuid' },
  sorts: {
    createdAt: { sql: 'r.created_at', type: 'timestamptz' },
    expiresAt: { sql: 'r.expires_at', type: 'timestamptz' },
    nodeCount: { sql: 'r.node_count', type: 'integer' },
  },
  filters: {
    organizationId: 'r.organization_id = $::uuid',
    userId: 'r.user_id = $::integer',
    isLive: '(r.ended_at IS NULL) = $::boolean',
  },
  search: ['o.name', 'u.username'],
};

@Injectable()
export class CapacityAdministrationRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<AdministeredCapacityRequest>> {
    return listPage(this.dataSource, REQUESTS, query);
  }

  find(id: string, runner: SqlRunner = this.dataSource): Promise<AdministeredCapacityRequest | null> {
    return findListed(runner, REQUESTS, id);
  }

  /** As {@link find}; whoever else wants to change or end the request waits until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<AdministeredCapacityRequest | null> {
    await tx.query('SELECT 1 FROM capacity_requests WHERE id = $1 FOR UPDATE', [id]);
    return this.find(id, tx);
  }

  async update(
    tx: Transaction,
    id: string,
    { nodeCount, expiresAt }: { nodeCount: number; expiresAt: Date },
  ): Promise<void> {
    const sql = 'UPDATE capacity_requests SET node_count = $2, expires_at = $3 WHERE id = $1';
    await tx.query(sql, [id, nodeCount, expiresAt]);
  }
}
