import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newId } from '../../common/ids/ids.js';
import { type ListQuery, type Page } from '../../common/paging/page.js';
import { findListed, type Listing, listPage } from '../../database/listing.js';
import { firstRow, rows, type SqlRunner } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { type RecordedOrphan } from '../provisioning.types.js';
import { type ClaimedRun } from '../runner/run-journal.js';
import { type Orphan } from './match-orphans.js';

const OPEN = 'p.resolved_at IS NULL AND p.forgotten_at IS NULL';
const ORPHANS: Listing = {
  columns: `p.id, p.organization_id AS "organizationId", o.name AS "organizationName", p.resource_type AS "resourceType",
    p.resource_id AS "resourceId", p.name, p.address, p.found_by_run AS "foundByRun", p.found_at AS "foundAt",
    p.seen_at AS "seenAt", p.resolved_at AS "resolvedAt", p.forgotten_at AS "forgottenAt",
    p.forgotten_by AS "forgottenBy"`,
  source: 'orphans p JOIN organizations o ON o.id = p.organization_id',
  key: { sql: 'p.id', type: 'uuid' },
  sorts: {
    foundAt: { sql: 'p.found_at', type: 'timestamptz' },
    organization: { sql: 'lower(o.name)', type: 'text' },
  },
  filters: {
    organizationId: 'p.organization_id = $::uuid',
    resourceType: 'p.resource_type = $::text',
    isOpen: `(${OPEN}) = $::boolean`,
  },
  search: ['o.name', 'p.resource_id', "coalesce(p.name, '')"],
};

/** What the last look at each organization's cluster found to exist and to be in no state. */
@Injectable()
export class OrphansRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Replaces what was known: what is not among them any more is resolved. Does nothing for a run without its fence. */
  async record(run: ClaimedRun, orphans: readonly Orphan[], now: Date): Promise<void> {
    const found = orphans.map(({ type, id, name, address }) => ({ key: newId(), type, id, name, address }));
    await rows(
      this.dataSource,
      `WITH fence AS (SELECT 1 FROM runs WHERE organization_id = $1 AND id = $2 AND fencing_token = $3 FOR SHARE),
       found AS (SELECT * FROM jsonb_to_recordset($4::jsonb) AS f(key uuid, type text, id text, name text, address text)),
       resolved AS (
         UPDATE orphans o SET resolved_at = $5 FROM fence WHERE o.organization_id = $1 AND o.resolved_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM found f WHERE f.type = o.resource_type AND f.id = o.resource_id))
       INSERT INTO orphans
         (id, organization_id, resource_type, resource_id, name, address, found_by_run, found_at, seen_at)
       SELECT f.key, $1, f.type, f.id, f.name, f.address, $2, $5, $5 FROM found f, fence
       ON CONFLICT (organization_id, resource_type, resource_id) DO UPDATE SET name = EXCLUDED.name,
         address = EXCLUDED.address, found_by_run = EXCLUDED.found_by_run, seen_at = EXCLUDED.seen_at, resolved_at = NULL`,
      [run.organizationId, run.id, run.fencingToken, JSON.stringify(found), now],
    );
  }

  list(query: ListQuery): Promise<Page<RecordedOrphan>> {
    return listPage(this.dataSource, ORPHANS, query);
  }

  find(id: string, runner: SqlRunner = this.dataSource): Promise<RecordedOrphan | null> {
    return findListed(runner, ORPHANS, id);
  }

  /** False when it is not open: gone, in a state, or forgotten before. */
  async forget(tx: Transaction, id: string, by: string, now: Date): Promise<boolean> {
    const sql = `UPDATE orphans p SET forgotten_at = $3, forgotten_by = $2 WHERE p.id = $1 AND ${OPEN} RETURNING p.id`;
    return (await firstRow(tx, sql, [id, by, now])) !== null;
  }
}
