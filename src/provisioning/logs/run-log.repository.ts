import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows } from '../../database/sql.js';
import { FenceLostError } from '../provisioning.errors.js';
import { type RunLogEntry, type StoredRunLogEntry } from '../provisioning.types.js';
import { type ClaimedRun } from '../runner/run-journal.js';

@Injectable()
export class RunLogRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** How much of the run is stored: the last sequence number and an estimate of the bytes. */
  async size(organizationId: string, runId: string): Promise<{ lastSeq: number; bytes: number }> {
    const found = await firstRow<{ lastSeq: number; bytes: number }>(
      this.dataSource,
      `SELECT COALESCE(max(seq), 0) AS "lastSeq",
         COALESCE(sum(length(message) + COALESCE(length(data::text), 0) + 100), 0)::integer AS bytes
       FROM run_log WHERE organization_id = $1 AND run_id = $2`,
      [organizationId, runId],
    );
    return found ?? { lastSeq: 0, bytes: 0 };
  }

  /** Appends in one statement, numbered from `firstSeq`; nothing is written when the fence is lost. */
  async append(run: ClaimedRun, firstSeq: number, entries: RunLogEntry[]): Promise<void> {
    const stored = await firstRow(
      this.dataSource,
      `WITH fence AS (SELECT 1 FROM runs WHERE organization_id = $1 AND id = $2 AND fencing_token = $3 FOR SHARE),
       entries AS (
         SELECT * FROM unnest($5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[], $10::jsonb[])
           WITH ORDINALITY AS entry(occurred_at, phase, type, level, message, data, position))
       INSERT INTO run_log (run_id, seq, organization_id, occurred_at, phase, type, level, message, data)
       SELECT $2, $4 + position - 1, $1, occurred_at, phase, type, level, message, data FROM entries, fence
       RETURNING seq`,
      [
        run.organizationId,
        run.id,
        run.fencingToken,
        firstSeq,
        entries.map(({ occurredAt }) => occurredAt),
        entries.map(({ phase }) => phase),
        entries.map(({ type }) => type.slice(0, 64)),
        entries.map(({ level }) => level),
        entries.map(({ message }) => withoutNul(message)),
        entries.map(({ data }) => (data === null ? null : withoutNul(JSON.stringify(data)))),
      ],
    );
    if (!stored) throw new FenceLostError(run.id);
  }

  /** Entries after `afterSeq`, oldest first. */
  list(organizationId: string, runId: string, afterSeq: number, limit: number): Promise<StoredRunLogEntry[]> {
    return rows(
      this.dataSource,
      `SELECT seq, occurred_at AS "occurredAt", phase, type, level, message, data FROM run_log
       WHERE organization_id = $1 AND run_id = $2 AND seq > $3 ORDER BY seq LIMIT $4`,
      [organizationId, runId, afterSeq, limit],
    );
  }
}

/** Postgres text and jsonb cannot hold U+0000; Terraform output can. */
function withoutNul(text: string): string {
  return text.replaceAll('\u0000', '').replaceAll('\\u0000', '');
}
