import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newId } from '../../common/ids/ids.js';
import { firstRow, type SqlRunner } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { type ExternalIdentity, type SocialAccount } from './social-accounts.types.js';

const COLUMNS = 'user_id AS "userId", uid, login, linked_at AS "linkedAt", last_login_at AS "lastLoginAt"';

/** Accounts at GitHub; the number there is the key, the name is only shown. */
@Injectable()
export class SocialAccountsRepository {
  constructor(private readonly dataSource: DataSource) {}

  findByUid(uid: string, runner: SqlRunner = this.dataSource): Promise<SocialAccount | null> {
    const sql = `SELECT ${COLUMNS} FROM social_accounts WHERE provider = 'github' AND uid = $1`;
    return firstRow(runner, sql, [uid]);
  }

  findByUser(userId: number, runner: SqlRunner = this.dataSource): Promise<SocialAccount | null> {
    const sql = `SELECT ${COLUMNS} FROM social_accounts WHERE provider = 'github' AND user_id = $1`;
    return firstRow(runner, sql, [userId]);
  }

  /**
   * Notes a login, with the name the account has now. The user's id; null when no account of an active user is linked
   * (any more).
   */
  async saveLogin({ uid, login }: ExternalIdentity, now: Date): Promise<number | null> {
    const saved = await firstRow<{ userId: number }>(
      this.dataSource,
      // The user is locked first, as whoever changes an account does.
      `WITH holder AS (
         SELECT u.id FROM social_accounts s JOIN users u ON u.id = s.user_id
         WHERE s.provider = 'github' AND s.uid = $1 AND u.is_active FOR NO KEY UPDATE OF u),
       noted AS (
         UPDATE social_accounts s SET login = $2, last_login_at = $3 FROM holder
         WHERE s.provider = 'github' AND s.uid = $1 AND s.user_id = holder.id RETURNING s.user_id)
       UPDATE users u SET last_login_at = $3 FROM noted WHERE u.id = noted.user_id RETURNING u.id AS "userId"`,
      [uid, login, now],
    );
    return saved?.userId ?? null;
  }

  async insert(tx: Transaction, userId: number, { uid, login }: ExternalIdentity, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO social_accounts (id, user_id, provider, uid, login, linked_at) VALUES ($1, $2, 'github', $3, $4, $5)`,
      [newId(), userId, uid, login, now],
    );
  }

  async delete(tx: Transaction, userId: number): Promise<void> {
    await tx.query(`DELETE FROM social_accounts WHERE provider = 'github' AND user_id = $1`, [userId]);
  }
}
