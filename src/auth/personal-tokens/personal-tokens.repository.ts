import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows, type SqlRunner } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { type PersonalToken } from './personal-tokens.types.js';
import { CREDENTIALS_ENDED_AT } from '../../users/users.types.js';

export interface PersonalTokenDraft {
  id: string;
  userId: number;
  organizationId: string | null;
  name: string;
  tokenHash: string;
  scopes: string[];
  createdAt: Date;
  expiresAt: Date;
}

export interface PersonalTokenFilter {
  userId?: number;
  id?: string;
}

const SELECT = `
  SELECT t.id, t.user_id AS "userId", u.username, t.name, t.scopes, o.name AS organization,
    t.created_at AS "createdAt", t.expires_at AS "expiresAt", t.last_used_at AS "lastUsedAt"
  FROM personal_access_tokens t JOIN users u ON u.id = t.user_id LEFT JOIN organizations o ON o.id = t.organization_id`;

@Injectable()
export class PersonalTokensRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Not revoked; whether it has expired is the caller's to see. */
  findByHash(tokenHash: string): Promise<PersonalToken | null> {
    return firstRow(this.dataSource, `${SELECT} WHERE t.token_hash = $1 AND t.revoked_at IS NULL`, [tokenHash]);
  }

  /** Not revoked, newest first, at most `limit`. */
  list(
    { userId, id }: PersonalTokenFilter,
    limit: number,
    runner: SqlRunner = this.dataSource,
  ): Promise<PersonalToken[]> {
    return rows(
      runner,
      `${SELECT} WHERE t.revoked_at IS NULL AND ($1::integer IS NULL OR t.user_id = $1) AND ($2::uuid IS NULL OR t.id = $2)
       ORDER BY t.created_at DESC, t.id LIMIT $3`,
      [userId ?? null, id ?? null, limit],
    );
  }

  /**
   * Until the transaction ends, nobody else counts or adds tokens of this user. False when everything that began before
   * `since` has ended: by a new password, or because somebody ended it.
   */
  async lockOwner(tx: Transaction, userId: number, since: Date): Promise<boolean> {
    const owner = await firstRow<{ credentialsEndedAt: Date | null }>(
      tx,
      `SELECT ${CREDENTIALS_ENDED_AT} AS "credentialsEndedAt" FROM users u WHERE id = $1 FOR NO KEY UPDATE`,
      [userId],
    );
    return owner !== null && (owner.credentialsEndedAt === null || owner.credentialsEndedAt < since);
  }

  /** The number that are good now. */
  async countLive(tx: Transaction, userId: number, now: Date): Promise<number> {
    const counted = await firstRow<{ count: number }>(
      tx,
      `SELECT count(*)::integer AS count FROM personal_access_tokens
       WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2`,
      [userId, now],
    );
    return counted?.count ?? 0;
  }

  async insert(tx: Transaction, draft: PersonalTokenDraft): Promise<void> {
    await tx.query(
      `INSERT INTO personal_access_tokens
         (id, user_id, organization_id, name, token_hash, scopes, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        draft.id,
        draft.userId,
        draft.organizationId,
        draft.name,
        draft.tokenHash,
        draft.scopes,
        draft.createdAt,
        draft.expiresAt,
      ],
    );
  }

  async revoke(tx: Transaction, id: string, now: Date): Promise<boolean> {
    const sql = 'UPDATE personal_access_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id';
    return (await firstRow(tx, sql, [id, now])) !== null;
  }

  /** Revokes what is good now; what that was. */
  revokeLive(tx: Transaction, userId: number, now: Date): Promise<{ id: string; name: string }[]> {
    return rows(
      tx,
      `UPDATE personal_access_tokens SET revoked_at = $2
       WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 RETURNING id, name`,
      [userId, now],
    );
  }

  /** Later instants win; two processes may note the same token. */
  async saveLastUse(uses: { id: string; usedAt: Date }[]): Promise<void> {
    await rows(
      this.dataSource,
      `UPDATE personal_access_tokens t SET last_used_at = u.used_at
       FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, used_at)
       WHERE t.id = u.id AND (t.last_used_at IS NULL OR t.last_used_at < u.used_at)`,
      [uses.map(({ id }) => id), uses.map(({ usedAt }) => usedAt)],
    );
  }
}
