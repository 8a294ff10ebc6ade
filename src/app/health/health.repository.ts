import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../common/clock/clock.js';
import { firstRow } from '../../database/sql.js';

export interface QueueFigures {
  waitingRuns: number;
  oldestWaitingSeconds: number;
  silentRuns: number;
  unstoppedRuns: number;
  clustersGivenUp: number;
  clustersWithOrphans: number;
}

export interface MailFigures {
  waitingMails: number;
  oldestWaitingSeconds: number;
  /** Within the last day. */
  mailsGivenUp: number;
}

const NOTHING_QUEUED: QueueFigures = {
  waitingRuns: 0,
  oldestWaitingSeconds: 0,
  silentRuns: 0,
  unstoppedRuns: 0,
  clustersGivenUp: 0,
  clustersWithOrphans: 0,
};

@Injectable()
export class HealthRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Round trip of the smallest statement, in milliseconds. Throws when Postgres does not answer. */
  async ping(): Promise<number> {
    const before = performance.now();
    await this.dataSource.query('SELECT 1');
    return performance.now() - before;
  }

  async queueFigures(lostSeconds: number, stopSeconds: number, maxAttempts: number): Promise<QueueFigures> {
    const figures = await firstRow<QueueFigures>(
      this.dataSource,
      `SELECT
         (SELECT count(*)::integer FROM runs WHERE status = 'queued') AS "waitingRuns",
         (SELECT COALESCE(extract(epoch FROM $1::timestamptz - min(created_at)), 0)::integer
            FROM runs WHERE status = 'queued') AS "oldestWaitingSeconds",
         (SELECT count(*)::integer FROM runs WHERE finished_at IS NULL AND status <> 'queued'
            AND heartbeat_at < clock_timestamp() - make_interval(secs => $2)) AS "silentRuns",
         (SELECT count(*)::integer FROM runs WHERE status = 'canceling'
            AND cancel_requested_at < $1::timestamptz - make_interval(secs => $4)) AS "unstoppedRuns",
         (SELECT count(*)::integer FROM clusters WHERE consecutive_failures >= $3) AS "clustersGivenUp",
         (SELECT count(DISTINCT organization_id)::integer FROM orphans
            WHERE resolved_at IS NULL AND forgotten_at IS NULL) AS "clustersWithOrphans"`,
      [this.clock.now(), lostSeconds, maxAttempts, stopSeconds],
    );
    return figures ?? NOTHING_QUEUED;
  }

  async mailFigures(): Promise<MailFigures> {
    const figures = await firstRow<MailFigures>(
      this.dataSource,
      `SELECT
         (SELECT count(*)::integer FROM mail_outbox WHERE status = 'waiting') AS "waitingMails",
         (SELECT COALESCE(extract(epoch FROM $1::timestamptz - min(created_at)), 0)::integer
            FROM mail_outbox WHERE status = 'waiting') AS "oldestWaitingSeconds",
         (SELECT count(*)::integer FROM mail_outbox
            WHERE status = 'given_up' AND finished_at > $1::timestamptz - interval '1 day') AS "mailsGivenUp"`,
      [this.clock.now()],
    );
    return figures ?? { waitingMails: 0, oldestWaitingSeconds: 0, mailsGivenUp: 0 };
  }
}
