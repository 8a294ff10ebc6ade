import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, type SqlRunner } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';

export type TokenPurpose = 'verify_email' | 'reset_password';

/** Whom a token was mailed to, and at which address. */
export interface TokenHolder {
  userId: number;
  email: string;
}

@Injectable()
export class OneTimeTokensRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insert(
    tx: Transaction,
    token: TokenHolder & { hash: string; purpose: TokenPurpose; expiresAt: Date },
    now: Date,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO one_time_tokens (token_hash, purpose, user_id, email, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [token.hash, token.purpose, token.userId, token.email, now, token.expiresAt],
    );
  }

  findUsable(
    hash: string,
    purpose: TokenPurpose,
    now: Date,
    runner: SqlRunner = this.dataSource,
  ): Promise<TokenHolder | null> {
    return firstRow(
      runner,
      `SELECT user_id AS "userId", email FROM one_time_tokens
       WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3`,
      [hash, purpose, now],
    );
  }

  /** The holder for the one caller that uses the token up; null when it is not usable. */
  use(tx: Transaction, hash: string, purpose: TokenPurpose, now: Date): Promise<TokenHolder | null> {
    return firstRow(
      tx,
      `UPDATE one_time_tokens SET used_at = $3
       WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
       RETURNING user_id AS "userId", email`,
      [hash, purpose, now],
    );
  }

  async useAll(tx: Transaction, userId: number, purpose: TokenPurpose, now: Date): Promise<void> {
    await tx.query('UPDATE one_time_tokens SET used_at = $3 WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL', [
      userId,
      purpose,
      now,
    ]);
  }
}
