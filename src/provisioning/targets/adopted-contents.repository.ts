import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { type AdoptedContents } from './adoption.js';

/** Texts of clusters that were taken over, beside their organizations. */
@Injectable()
export class AdoptedContentsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Null for a cluster that was not taken over, and once one that was has been destroyed: the next is all our own. */
  async find(organizationId: string): Promise<AdoptedContents | null> {
    const row = await firstRow<{ contents: AdoptedContents }>(
      this.dataSource,
      `SELECT a.contents FROM adopted_contents a WHERE a.organization_id = $1 AND NOT EXISTS (
         SELECT 1 FROM runs r WHERE r.organization_id = $1 AND r.kind IN ('destroy', 'teardown') AND NOT r.plan_only
           AND r.status IN ('succeeded', 'no_changes') AND r.finished_at > a.created_at)`,
      [organizationId],
    );
    return row?.contents ?? null;
  }

  async insert(
    tx: Transaction,
    organizationId: string,
    contents: AdoptedContents,
    createdBy: string,
    now: Date,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO adopted_contents (organization_id, contents, made_for, created_at, created_by)
       VALUES ($1, $2, $3, $4, $5)`,
      [organizationId, JSON.stringify(contents), JSON.stringify(contents.madeFor), now, createdBy],
    );
  }
}
