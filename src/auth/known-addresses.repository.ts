import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows } from '../database/sql.js';

/** How long an address stays known after the last login from it. */
export const KNOWN_FOR_SECONDS = 30 * 86_400;

/** From which addresses an account was logged in to. */
@Injectable()
export class KnownAddressesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** When the account was logged in to from there, exact to a day; null for an address that is not known (any more). */
  async lastSuccess(account: string, network: string, now: Date): Promise<Date | null> {
    const since = new Date(now.getTime() - KNOWN_FOR_SECONDS * 1000);
    const row = await firstRow<{ at: Date }>(
      this.dataSource,
      'SELECT last_succeeded_at AS at FROM known_addresses WHERE key = $1 AND last_succeeded_at > $2',
      [keyOf(account, network), since],
    );
    return row?.at ?? null;
  }

  async remember(account: string, network: string, now: Date): Promise<void> {
    await rows(
      this.dataSource,
      `INSERT INTO known_addresses (key, last_succeeded_at) VALUES ($1, $2)
       ON CONFLICT ON CONSTRAINT pk_known_addresses DO UPDATE SET last_succeeded_at = EXCLUDED.last_succeeded_at`,
      [keyOf(account, network), now],
    );
  }
}

function keyOf(account: string, network: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([account, network]))
    .digest();
}
