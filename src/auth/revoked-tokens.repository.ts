import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow } from '../database/sql.js';

@Injectable()
export class RevokedTokensRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** True for the one caller that revokes the token; false when it is revoked already. */
  async revoke(jti: string, userId: number, expiresAt: Date, now: Date): Promise<boolean> {
    const inserted = await firstRow(
      this.dataSource,
      `INSERT INTO revoked_tokens (jti, user_id, expires_at, revoked_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT ON CONSTRAINT pk_revoked_tokens DO NOTHING RETURNING jti`,
      [jti, userId, expiresAt, now],
    );
    return inserted !== null;
  }

  async isRevoked(jti: string): Promise<boolean> {
    return (await firstRow(this.dataSource, 'SELECT 1 FROM revoked_tokens WHERE jti = $1', [jti])) !== null;
  }

  /** An expired token needs no record any more. */
  async deleteExpired(now: Date): Promise<void> {
    await this.dataSource.query('DELETE FROM revoked_tokens WHERE expires_at < $1', [now]);
  }
}
