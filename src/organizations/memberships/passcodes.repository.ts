import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows, type SqlRunner } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { type Passcode } from '../organizations.types.js';

const COLUMNS = `id, role, expires_at AS "expiresAt", max_uses AS "maxUses", uses, created_by AS "createdBy",
  created_at AS "createdAt", revoked_at AS "revokedAt"`;

@Injectable()
export class PasscodesRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(organizationId: string, id: string, runner: SqlRunner = this.dataSource): Promise<Passcode | null> {
    const sql = `SELECT ${COLUMNS} FROM organization_passcodes WHERE organization_id = $1 AND id = $2`;
    return firstRow(runner, sql, [organizationId, id]);
  }

  /** Newest first. */
  list(organizationId: string, limit: number): Promise<Passcode[]> {
    const sql = `SELECT ${COLUMNS} FROM organization_passcodes WHERE organization_id = $1 ORDER BY created_at DESC, id LIMIT $2`;
    return rows(this.dataSource, sql, [organizationId, limit]);
  }

  async insert(
    tx: Transaction,
    organizationId: string,
    passcode: Omit<Passcode, 'uses' | 'revokedAt'>,
    codeHash: string,
  ): Promise<void> {
    const { id, role, expiresAt, maxUses, createdBy, createdAt } = passcode;
    await tx.query(
      `INSERT INTO organization_passcodes (id, organization_id, code_hash, role, expires_at, max_uses, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, organizationId, codeHash, role, expiresAt, maxUses, createdBy, createdAt],
    );
  }

  /** The passcode if it can still be used, locked so that nobody else uses it up until the transaction ends. */
  lockUsable(tx: Transaction, organizationId: string, codeHash: string, now: Date): Promise<Passcode | null> {
    return firstRow(
      tx,
      `SELECT ${COLUMNS} FROM organization_passcodes
       WHERE organization_id = $1 AND code_hash = $2 AND revoked_at IS NULL
         AND (expires_at IS NULL OR expires_at > $3) AND (max_uses IS NULL OR uses < max_uses) FOR UPDATE`,
      [organizationId, codeHash, now],
    );
  }

  async countUse(tx: Transaction, organizationId: string, id: string): Promise<void> {
    await tx.query('UPDATE organization_passcodes SET uses = uses + 1 WHERE organization_id = $1 AND id = $2', [
      organizationId,
      id,
    ]);
  }

  /** False when it was revoked before. */
  async revoke(tx: Transaction, organizationId: string, id: string, now: Date): Promise<boolean> {
    const revoked = await firstRow(
      tx,
      `UPDATE organization_passcodes SET revoked_at = $3
       WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING id`,
      [organizationId, id, now],
    );
    return revoked !== null;
  }
}
