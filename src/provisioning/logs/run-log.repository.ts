import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows } from '../../database/sql.js';
import { storableJson, storableText } from '../../database/storable.js';
import { FenceLostError } from '../provisioning.errors.js';
import { type RunLogEntry, type StoredRunLogEntry } from '../provisioning.types.js';
import { type ClaimedRun, type OutputPosition } from '../runner/run-journal.js';

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

  /** How far each output of the run is stored, in bytes. */
  async positions(organizationId: string, runId: string): Promise<Record<string, number>> {
    const sql = 'SELECT log_positions AS positions FROM runs WHERE organization_id = $1 AND id = $2';
    const found = await firstRow<{ positions: Record<string, number> }>(this.dataSource, sql, [organizationId, runId]);
    return found?.positions ?? {};
  }

  /**
   * Appends entries, numbered from `firstSeq`, and says how far into the output they reach; in one statement, which
   * writes nothing when the fence is lost and may be repeated when its answer got lost.
   */
  async append(run: ClaimedRun, firstSeq: number, entries: RunLogEntry[], position: OutputPosition): Promise<void> {
    const fence = await firstRow(
      this.dataSource,
      `WITH fence AS (
         UPDATE runs SET log_positions = log_positions || jsonb_build_object($11::text, $12::bigint)
         WHERE organization_id = $1 AND id = $2 AND fencing_token = $3 RETURNING id),
       entries AS (
         SELECT * FROM unnest($5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[], $10::jsonb[])
           WITH ORDINALITY AS entry(occurred_at, phase, type, level, message, data, position)),
       appended AS (
         INSERT INTO run_log (run_id, seq, organization_id, occurred_at, phase, type, level, message, data)
         SELECT $2, $4 + position - 1, $1, occurred_at, phase, type, level, message, data FROM entries, fence
         ON CONFLICT (run_id, seq) DO NOTHING)
       SELECT id FROM fence`,
      [
        run.organizationId,
        run.id,
        run.fencingToken,
        firstSeq,
        entries.map(({ occurredAt }) => occurredAt),
        entries.map(({ phase }) => phase),
        entries.map(({ type }) => storableText(type.slice(0, 64))),
        entries.map(({ level }) => level),
        entries.map(({ message }) => storableText(message)),
        entries.map(({ data }) => (data === null ? null : storableJson(data))),
        position.output,
        position.end,
      ],
    );
    if (!fence) throw new FenceLostError(run.id);
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
