import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, type SqlRunner } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';

export interface SettingRow {
  value: unknown;
  updatedAt: Date;
  updatedBy: string;
}

@Injectable()
export class SettingsRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(name: string, runner: SqlRunner = this.dataSource): Promise<SettingRow | null> {
    const sql = 'SELECT value, updated_at AS "updatedAt", updated_by AS "updatedBy" FROM settings WHERE name = $1';
    return firstRow(runner, sql, [name]);
  }

  async save(tx: Transaction, name: string, value: unknown, updatedBy: string, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO settings (name, value, updated_at, updated_by) VALUES ($1, $2, $3, $4)
       ON CONFLICT ON CONSTRAINT pk_settings
       DO UPDATE SET value = EXCLUDED.value, updated_at = EXCLUDED.updated_at, updated_by = EXCLUDED.updated_by`,
      [name, JSON.stringify(value), now, updatedBy],
    );
  }
}
