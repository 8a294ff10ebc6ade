import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows } from '../../database/sql.js';

export interface BrowserFlow {
  /** Whose account is linked; null for a login. */
  userId: number | null;
  returnTo: string;
  startedAt: Date;
}

export interface DeviceFlow {
  userId: number | null;
  sealedDeviceCode: Buffer;
  intervalSeconds: number;
  startedAt: Date;
}

export interface WaitingSession {
  userId: number;
  startedAt: Date;
}

interface Lifetime {
  hash: Buffer;
  expiresAt: Date;
}

/** Logins through GitHub that are under way. Each ends by being taken, once; expired ones are found by nothing here. */
@Injectable()
export class GithubFlowsRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insertBrowser({ hash, userId, returnTo, startedAt, expiresAt }: BrowserFlow & Lifetime): Promise<void> {
    await rows(
      this.dataSource,
      `INSERT INTO github_flows (secret_hash, kind, user_id, return_to, started_at, expires_at)
       VALUES ($1, 'browser', $2, $3, $4, $5)`,
      [hash, userId, returnTo, startedAt, expiresAt],
    );
  }

  takeBrowser(hash: Buffer, now: Date): Promise<BrowserFlow | null> {
    return firstRow(
      this.dataSource,
      `DELETE FROM github_flows WHERE secret_hash = $1 AND kind = 'browser' AND expires_at > $2
       RETURNING user_id AS "userId", return_to AS "returnTo", started_at AS "startedAt"`,
      [hash, now],
    );
  }

  async insertSession({ hash, userId, startedAt, expiresAt }: WaitingSession & Lifetime): Promise<void> {
    await rows(
      this.dataSource,
      `INSERT INTO github_flows (secret_hash, kind, user_id, started_at, expires_at) VALUES ($1, 'session', $2, $3, $4)`,
      [hash, userId, startedAt, expiresAt],
    );
  }

  takeSession(hash: Buffer, now: Date): Promise<WaitingSession | null> {
    return firstRow(
      this.dataSource,
      `DELETE FROM github_flows WHERE secret_hash = $1 AND kind = 'session' AND expires_at > $2
       RETURNING user_id AS "userId", started_at AS "startedAt"`,
      [hash, now],
    );
  }

  async insertDevice(flow: DeviceFlow & Lifetime): Promise<void> {
    const { hash, userId, sealedDeviceCode, intervalSeconds, startedAt, expiresAt } = flow;
    await rows(
      this.dataSource,
      `INSERT INTO github_flows
         (secret_hash, kind, user_id, sealed_device_code, interval_seconds, next_poll_at, started_at, expires_at)
       VALUES ($1, 'device', $2, $3, $4::integer, $5::timestamptz + make_interval(secs => $4::integer), $5, $6)`,
      [hash, userId, sealedDeviceCode, intervalSeconds, startedAt, expiresAt],
    );
  }

  findDevice(hash: Buffer, userId: number | null, now: Date): Promise<DeviceFlow | null> {
    return firstRow(
      this.dataSource,
      `SELECT user_id AS "userId", sealed_device_code AS "sealedDeviceCode", interval_seconds AS "intervalSeconds",
         started_at AS "startedAt"
       FROM github_flows
       WHERE secret_hash = $1 AND kind = 'device' AND user_id IS NOT DISTINCT FROM $2::integer AND expires_at > $3`,
      [hash, userId, now],
    );
  }

  /** True for the one caller whose turn it is to ask GitHub; the next one's comes after the interval. */
  async claimPoll(hash: Buffer, now: Date): Promise<boolean> {
    const claimed = await firstRow(
      this.dataSource,
      `UPDATE github_flows SET next_poll_at = $2::timestamptz + make_interval(secs => interval_seconds)
       WHERE secret_hash = $1 AND kind = 'device' AND next_poll_at <= $2 RETURNING 1`,
      [hash, now],
    );
    return claimed !== null;
  }

  async slowDown(hash: Buffer, intervalSeconds: number, now: Date): Promise<void> {
    await rows(
      this.dataSource,
      `UPDATE github_flows
       SET interval_seconds = $2::integer, next_poll_at = $3::timestamptz + make_interval(secs => $2::integer)
       WHERE secret_hash = $1 AND kind = 'device'`,
      [hash, intervalSeconds, now],
    );
  }

  /** True for the one caller that ends it. */
  async endDevice(hash: Buffer): Promise<boolean> {
    const sql = `DELETE FROM github_flows WHERE secret_hash = $1 AND kind = 'device' RETURNING 1`;
    return (await firstRow(this.dataSource, sql, [hash])) !== null;
  }
}
