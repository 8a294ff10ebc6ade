import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock/clock.js';
import { rows } from './sql.js';

/** Rows of a table that are of no use once an instant is past. Both names are identifiers of the code, never input. */
export interface ExpiringTable {
  table: string;
  /** A timestamptz column, indexed. */
  column: string;
  /** How long after that instant they are still kept, for people who look back. */
  keepSeconds?: number;
}

/** Locks and write-ahead log of one statement stay small. */
const BATCH = 1000;

/** Removes what has expired. Each module registers its own tables; nothing depends on it that rows go in time. */
@Injectable()
export class ExpiredRows {
  private readonly tables: ExpiringTable[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  register(table: ExpiringTable): void {
    this.tables.push(table);
  }

  /** Deletes all expired rows in batches; how many per table. Several processes may do it at once. */
  async flush(): Promise<Record<string, number>> {
    const deleted: Record<string, number> = {};
    for (const table of this.tables) {
      deleted[table.table] = 0;
      for (let batch = BATCH; batch === BATCH; deleted[table.table] = (deleted[table.table] ?? 0) + batch) {
        batch = await this.deleteBatch(table);
      }
    }
    return deleted;
  }

  private async deleteBatch({ table, column, keepSeconds = 0 }: ExpiringTable): Promise<number> {
    const deleted = await rows(
      this.dataSource,
      `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM ${table} WHERE ${column} < $1 ORDER BY ${column} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))
       RETURNING 1`,
      [new Date(this.clock.now().getTime() - keepSeconds * 1000)],
    );
    return deleted.length;
  }
}
