import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows } from '../database/sql.js';

/** A counter as it was when an attempt was counted; `windowEndsAt` tells it from the same counter in a later window. */
export interface CountedAttempt {
  key: Buffer;
  windowEndsAt: Date;
}

export interface Counter {
  key: Buffer;
  allowed: number;
  windowSeconds: number;
}

/** Statements lock counters in the order of their keys: attempts that share two of them cannot block each other. */
@Injectable()
export class ThrottleRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Counts one attempt on every counter that has room, in one statement; the others are not written and not returned. */
  count(counters: Counter[], now: Date): Promise<CountedAttempt[]> {
    return rows(
      this.dataSource,
      `INSERT INTO throttle AS t (key, count, allowed, window_ends_at)
       SELECT c.key, 1, c.allowed, $4::timestamptz + make_interval(secs => c.window_seconds)
       FROM unnest($1::bytea[], $2::integer[], $3::integer[]) AS c (key, allowed, window_seconds) ORDER BY c.key
       ON CONFLICT ON CONSTRAINT pk_throttle DO UPDATE SET
         count = CASE WHEN t.window_ends_at <= $4 THEN 1 ELSE t.count + 1 END,
         allowed = EXCLUDED.allowed,
         window_ends_at = CASE WHEN t.window_ends_at <= $4 THEN EXCLUDED.window_ends_at ELSE t.window_ends_at END
       WHERE t.window_ends_at <= $4 OR t.count < EXCLUDED.allowed
       RETURNING t.key, t.window_ends_at AS "windowEndsAt"`,
      [
        counters.map(({ key }) => key),
        counters.map(({ allowed }) => allowed),
        counters.map(({ windowSeconds }) => windowSeconds),
        now,
      ],
    );
  }

  /** Takes one attempt back, and all of them on the cleared counter, where its window is still the current one. */
  async giveBack(attempts: CountedAttempt[], cleared: Buffer | null = null): Promise<void> {
    if (attempts.length === 0) return;
    await rows(
      this.dataSource,
      `WITH counted AS (
         SELECT t.key FROM throttle t
         JOIN unnest($1::bytea[], $2::timestamptz[]) AS a (key, window_ends_at)
           ON a.key = t.key AND a.window_ends_at = t.window_ends_at
         ORDER BY t.key FOR UPDATE OF t)
       UPDATE throttle t SET count = CASE WHEN t.key = $3::bytea THEN 0 ELSE greatest(t.count - 1, 0) END
       FROM counted WHERE counted.key = t.key`,
      [attempts.map(({ key }) => key), attempts.map(({ windowEndsAt }) => windowEndsAt), cleared],
    );
  }

  /** When the last of these windows ends. */
  async lastEnd(keys: Buffer[]): Promise<Date | null> {
    const row = await firstRow<{ end: Date | null }>(
      this.dataSource,
      'SELECT max(window_ends_at) AS "end" FROM throttle WHERE key = ANY ($1::bytea[])',
      [keys],
    );
    return row?.end ?? null;
  }
}
