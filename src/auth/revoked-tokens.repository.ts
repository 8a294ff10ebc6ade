import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, type SqlRunner } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';

/**
 * Why a refresh token is no good any more: traded for its successor, given up by its owner, ended because an ancestor
 * was used twice, or brought along from the system before.
 */
export type RevocationReason = 'rotated' | 'blacklisted' | 'family' | 'imported';

export interface TokenReference {
  jti: string;
  expiresAt: Date;
}

export interface Revocation {
  reason: RevocationReason;
  revokedAt: Date;
}

/** Separates this use of an advisory lock from all others. */
const FAMILY_LOCK = 0x7074;

@Injectable()
export class RevokedTokensRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(jti: string, runner: SqlRunner = this.dataSource): Promise<Revocation | null> {
    const sql = 'SELECT reason, revoked_at AS "revokedAt" FROM revoked_tokens WHERE jti = $1';
    return firstRow(runner, sql, [jti]);
  }

  /**
   * True for the one caller that ends the token; false when it had ended already. Of two at once the second waits for
   * the first. A user that is gone leaves the row without one.
   */
  async revoke(
    token: TokenReference & { userId: number; successor?: TokenReference },
    reason: RevocationReason,
    now: Date,
    runner: SqlRunner = this.dataSource,
  ): Promise<boolean> {
    const inserted = await firstRow(
      runner,
      `INSERT INTO revoked_tokens (jti, user_id, expires_at, revoked_at, reason, successor_jti, successor_expires_at)
       VALUES ($1, (SELECT id FROM users WHERE id = $2), $3, $4, $5, $6, $7)
       ON CONFLICT ON CONSTRAINT pk_revoked_tokens DO NOTHING RETURNING jti`,
      [
        token.jti,
        token.userId,
        token.expiresAt,
        now,
        reason,
        token.successor?.jti ?? null,
        token.successor?.expiresAt ?? null,
      ],
    );
    return inserted !== null;
  }

  /** Until the transaction ends, only one of these runs for a user: chains are marked by one at a time. */
  async lockFamilies(tx: Transaction, userId: number): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1, $2)', [FAMILY_LOCK, userId]);
  }

  /**
   * Follows the successors from a rotated token and marks all of them as ended with their family, so that nobody walks
   * this way again. The last successor, which is not ended yet as far as this statement sees; null when there is none.
   */
  closeChain(tx: Transaction, jti: string): Promise<TokenReference | null> {
    return firstRow(
      tx,
      `WITH RECURSIVE chain AS (
         SELECT jti, successor_jti, successor_expires_at, 1 AS depth FROM revoked_tokens
         WHERE jti = $1 AND reason = 'rotated' AND successor_jti IS NOT NULL
         UNION ALL
         SELECT t.jti, t.successor_jti, t.successor_expires_at, c.depth + 1 FROM chain c
         JOIN revoked_tokens t ON t.jti = c.successor_jti AND t.reason = 'rotated' AND t.successor_jti IS NOT NULL),
       closed AS (
         UPDATE revoked_tokens SET reason = 'family' WHERE jti IN (SELECT jti FROM chain))
       SELECT successor_jti AS jti, successor_expires_at AS "expiresAt" FROM chain ORDER BY depth DESC LIMIT 1`,
      [jti],
    );
  }
}
