import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows, type SqlRunner } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { type EmailAddress } from './addresses.types.js';

const COLUMNS = `e.id, e.user_id AS "userId", e.email, e.is_primary AS "isPrimary", e.verified_at AS "verifiedAt",
  e.created_at AS "createdAt"`;

/** Whom a mail to an address is for. */
export interface AddressOwner {
  userId: number;
  username: string;
  email: string;
}

/** Addresses are compared without regard to letter case. Users' primary addresses are inserted with the user. */
@Injectable()
export class AddressesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The primary one first, then the oldest. */
  list(userId: number, runner: SqlRunner = this.dataSource): Promise<EmailAddress[]> {
    const sql = `SELECT ${COLUMNS} FROM email_addresses e WHERE e.user_id = $1 ORDER BY e.is_primary DESC, e.created_at, e.id`;
    return rows(runner, sql, [userId]);
  }

  /** The addresses the user has proved, or administrators vouched for. */
  async listVerified(tx: Transaction, userId: number): Promise<string[]> {
    const addresses = await this.list(userId, tx);
    return addresses.filter(({ verifiedAt }) => verifiedAt !== null).map(({ email }) => email);
  }

  /** The active account that has proved this address. */
  findVerifiedOwner(tx: Transaction, email: string): Promise<AddressOwner | null> {
    return firstRow(
      tx,
      `SELECT u.id AS "userId", u.username, e.email FROM email_addresses e JOIN users u ON u.id = e.user_id
       WHERE lower(e.email) = lower($1) AND e.verified_at IS NOT NULL AND u.is_active`,
      [email],
    );
  }

  /**
   * The active account that has proved this address or, when none has, the newest that was registered with it. Not one
   * that only added it: who proved another address to that account could take it back after the mail was acted upon.
   */
  findLikelyOwner(tx: Transaction, email: string): Promise<(AddressOwner & { isVerified: boolean }) | null> {
    return firstRow(
      tx,
      `SELECT u.id AS "userId", u.username, e.email, e.verified_at IS NOT NULL AS "isVerified"
       FROM email_addresses e JOIN users u ON u.id = e.user_id
       WHERE lower(e.email) = lower($1) AND u.is_active AND (e.verified_at IS NOT NULL OR e.is_primary)
       ORDER BY e.verified_at IS NOT NULL DESC, e.created_at DESC, e.id LIMIT 1`,
      [email],
    );
  }

  async isVerified(tx: Transaction, email: string): Promise<boolean> {
    const sql = 'SELECT 1 FROM email_addresses WHERE lower(email) = lower($1) AND verified_at IS NOT NULL';
    return (await firstRow(tx, sql, [email])) !== null;
  }

  async insert(tx: Transaction, id: string, userId: number, email: string, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO email_addresses (id, user_id, email, is_primary, created_at) VALUES ($1, $2, $3, false, $4)`,
      [id, userId, email, now],
    );
  }

  /** False when the user has no such unverified address. */
  async markVerified(tx: Transaction, userId: number, email: string, now: Date): Promise<boolean> {
    const marked = await firstRow(
      tx,
      `UPDATE email_addresses SET verified_at = $3
       WHERE user_id = $1 AND lower(email) = lower($2) AND verified_at IS NULL RETURNING 1`,
      [userId, email, now],
    );
    return marked !== null;
  }

  /** The one place that changes which address is primary; `users.email` is its copy. */
  async makePrimary(
    tx: Transaction,
    { id, userId, email }: Pick<EmailAddress, 'id' | 'userId' | 'email'>,
    now: Date,
  ): Promise<void> {
    await tx.query('UPDATE email_addresses SET is_primary = false WHERE user_id = $1 AND is_primary', [userId]);
    await tx.query('UPDATE email_addresses SET is_primary = true WHERE user_id = $1 AND id = $2', [userId, id]);
    await tx.query('UPDATE users SET email = $2, updated_at = $3 WHERE id = $1', [userId, email, now]);
  }

  async delete(tx: Transaction, userId: number, id: string): Promise<void> {
    await tx.query('DELETE FROM email_addresses WHERE user_id = $1 AND id = $2', [userId, id]);
  }
}
