import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, type SqlRunner } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';

/** Entries are only ever added; the database refuses to change one. */
@Injectable()
export class LedgerRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Dollars as decimal text with four decimals. */
  async balance(organizationId: string, runner: SqlRunner = this.dataSource): Promise<string> {
    const sql = `SELECT COALESCE(sum(amount), 0)::numeric(20,4)::text AS balance FROM ledger_entries WHERE organization_id = $1`;
    const row = await firstRow<{ balance: string }>(runner, sql, [organizationId]);
    if (!row) throw new Error('A SELECT of a sum returned no row');
    return row.balance;
  }

  async insertOpening(
    tx: Transaction,
    organizationId: string,
    amount: string,
    createdBy: string,
    now: Date,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO ledger_entries (organization_id, occurred_at, kind, amount, description, created_by)
       VALUES ($1, $2, 'opening', $3, 'Balance at creation', $4)`,
      [organizationId, now, amount, createdBy],
    );
  }
}
