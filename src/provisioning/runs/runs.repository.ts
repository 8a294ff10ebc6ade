import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newId } from '../../common/ids/ids.js';
import { firstRow, rows, type SqlRunner } from '../../database/sql.js';
import { storableJson, storableText } from '../../database/storable.js';
import { type Transaction } from '../../database/transaction.js';
import { type Run, type RunOutcome, type RunRequest, type RunStatus } from '../provisioning.types.js';
import { RUN_COLUMNS } from './run-columns.js';
import { ACTIVE_STATUSES, isActive, isTerminal, statusesBefore, TERMINAL_STATUSES } from './run-status.js';

/** Who moves a run, and why; stored with every transition. */
export interface TransitionCause {
  actor: string;
  reason: string;
}

/** Values a transition stores besides the status. */
export interface TransitionValues {
  outcome?: RunOutcome;
  cancelRequestedBy?: string;
  now: Date;
}

/** Runs that still matter to the decision what to do next. */
export interface OpenRuns {
  active: Run | null;
  queued: Run | null;
  unobserved: Run[];
}

export interface QueuePlace {
  ahead: number;
  blockedBy: string | null;
}

@Injectable()
export class RunsRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(organizationId: string, runId: string, runner: SqlRunner = this.dataSource): Promise<Run | null> {
    const sql = `SELECT ${RUN_COLUMNS} FROM runs WHERE organization_id = $1 AND id = $2`;
    return firstRow(runner, sql, [organizationId, runId]);
  }

  /** Nobody else changes the run until the transaction ends. */
  lock(tx: Transaction, organizationId: string, runId: string): Promise<Run | null> {
    const sql = `SELECT ${RUN_COLUMNS} FROM runs WHERE organization_id = $1 AND id = $2 FOR UPDATE`;
    return firstRow(tx, sql, [organizationId, runId]);
  }

  /** The run if its owner still holds the fence. */
  findOwned(run: { organizationId: string; id: string; fencingToken: string }): Promise<Run | null> {
    const sql = `SELECT ${RUN_COLUMNS} FROM runs WHERE organization_id = $1 AND id = $2 AND fencing_token = $3`;
    return firstRow(this.dataSource, sql, [run.organizationId, run.id, run.fencingToken]);
  }

  /** Newest first. */
  list(organizationId: string, limit: number): Promise<Run[]> {
    const sql = `SELECT ${RUN_COLUMNS} FROM runs WHERE organization_id = $1 ORDER BY created_at DESC, id LIMIT $2`;
    return rows(this.dataSource, sql, [organizationId, limit]);
  }

  /**
   * The run in progress, the one waiting behind it, and finished runs nobody has drawn conclusions from yet, in the order
   * they finished. One statement, because a run that finishes between two would be missing from both answers.
   */
  async open(organizationId: string, runner: SqlRunner = this.dataSource): Promise<OpenRuns> {
    const found = await rows<Run>(
      runner,
      `SELECT ${RUN_COLUMNS} FROM runs
       WHERE organization_id = $1 AND (finished_at IS NULL OR observed_at IS NULL) ORDER BY finished_at, id`,
      [organizationId],
    );
    return {
      active: found.find(({ status }) => isActive(status)) ?? null,
      queued: found.find(({ status }) => status === 'queued') ?? null,
      unobserved: found.filter(({ status }) => isTerminal(status)),
    };
  }

  /** Whether the run that ended last stored states of its own but ended without a summary of what is left. */
  async areRemainsUnknown(tx: Transaction, organizationId: string): Promise<boolean> {
    const last = await firstRow<{ isUnknown: boolean }>(
      tx,
      `SELECT result IS NULL AND EXISTS (
         SELECT 1 FROM state_versions s WHERE s.organization_id = $1 AND s.run_id = runs.id) AS "isUnknown"
       FROM runs WHERE organization_id = $1 AND claimed_at IS NOT NULL AND finished_at IS NOT NULL
       ORDER BY finished_at DESC LIMIT 1`,
      [organizationId],
    );
    return last?.isUnknown === true;
  }

  async hasState(tx: Transaction, organizationId: string): Promise<boolean> {
    const sql = 'SELECT 1 FROM state_versions WHERE organization_id = $1 LIMIT 1';
    return (await firstRow(tx, sql, [organizationId])) !== null;
  }

  async markObserved(tx: Transaction, organizationId: string, runId: string, now: Date): Promise<void> {
    await tx.query('UPDATE runs SET observed_at = $3 WHERE organization_id = $1 AND id = $2', [
      organizationId,
      runId,
      now,
    ]);
  }

  async insertQueued(tx: Transaction, request: RunRequest, priority: number, now: Date): Promise<string> {
    const id = newId();
    await tx.query(
      `INSERT INTO runs (id, organization_id, kind, status, trigger, requested_by, inputs, priority, created_at, plan_only)
       VALUES ($1, $2, $3, 'queued', $4, $5, $6, $7, $8, $9)`,
      [
        id,
        request.organizationId,
        request.kind,
        request.trigger,
        request.requestedBy,
        JSON.stringify(request.inputs),
        priority,
        now,
        request.isPlanOnly ?? false,
      ],
    );
    await this.audit(
      tx,
      request.organizationId,
      id,
      { actor: request.requestedBy, reason: request.trigger },
      null,
      'queued',
      now,
    );
    return id;
  }

  /**
   * Moves a run to `to` if the state machine allows it from where it is now, and, when `fencingToken` is given, only if
   * its owner still holds the fence. Writes the audit row in the same transaction. Returns the status it left, or null
   * when nothing was changed.
   */
  async transition(
    tx: Transaction,
    run: { organizationId: string; id: string; fencingToken?: string },
    to: RunStatus,
    cause: TransitionCause,
    values: TransitionValues,
  ): Promise<RunStatus | null> {
    const moved = await firstRow<{ before: RunStatus }>(
      tx,
      `UPDATE runs SET status = $4::text,
         status_times = jsonb_build_object($4::text, $7::timestamptz) || runs.status_times,
         finished_at = CASE WHEN $4::text = ANY ($6::text[]) THEN $7::timestamptz ELSE finished_at END,
         observed_at = CASE WHEN $4::text = 'superseded' THEN $7::timestamptz ELSE runs.observed_at END,
         result = COALESCE($8, runs.result), failure_code = $9, failure_message = $10,
         cancel_requested_at = CASE WHEN $11::text IS NULL THEN cancel_requested_at ELSE $7::timestamptz END,
         cancel_requested_by = COALESCE($11::text, cancel_requested_by)
       FROM (SELECT id, status FROM runs WHERE organization_id = $1 AND id = $2 FOR UPDATE) AS previous
       WHERE runs.id = previous.id AND runs.organization_id = $1 AND previous.status = ANY ($5::text[])
         AND ($3::bigint IS NULL OR runs.fencing_token = $3)
       RETURNING previous.status AS before`,
      [
        run.organizationId,
        run.id,
        run.fencingToken ?? null,
        to,
        statusesBefore(to),
        TERMINAL_STATUSES,
        values.now,
        values.outcome?.state ? storableJson(values.outcome.state) : null,
        values.outcome?.failure?.code ?? null,
        storableText(values.outcome?.failure?.message ?? '') || null,
        values.cancelRequestedBy ?? null,
      ],
    );
    if (!moved) return null;
    await this.audit(tx, run.organizationId, run.id, cause, moved.before, to, values.now);
    return moved.before;
  }

  /** Records a person as who stops a run that the service was stopping already; a person's own request stands. */
  async adoptCancel(tx: Transaction, run: Run, who: string, now: Date): Promise<void> {
    const adopted = await firstRow(
      tx,
      `UPDATE runs SET cancel_requested_by = $3, cancel_requested_at = $4
       WHERE organization_id = $1 AND id = $2 AND status = 'canceling' AND cancel_requested_by NOT LIKE 'user:%'
       RETURNING id`,
      [run.organizationId, run.id, who, now],
    );
    const cause = { actor: who, reason: 'cancel was asked for' };
    if (adopted) await this.audit(tx, run.organizationId, run.id, cause, run.status, run.status, now);
  }

  /** The run must be locked. */
  async approve(tx: Transaction, run: Run, who: string, now: Date): Promise<void> {
    await tx.query('UPDATE runs SET approved_at = $3, approved_by = $4 WHERE organization_id = $1 AND id = $2', [
      run.organizationId,
      run.id,
      now,
      who,
    ]);
  }

  /** The run must be locked. Asking again changes nothing. */
  async force(tx: Transaction, run: Run, who: string, now: Date): Promise<void> {
    await tx.query(
      `UPDATE runs SET force_requested_at = $3, force_requested_by = $4
       WHERE organization_id = $1 AND id = $2 AND force_requested_at IS NULL`,
      [run.organizationId, run.id, now, who],
    );
  }

  /** How many runs are in front of a waiting one, and the one of its own organization it waits for, if any. */
  async place(organizationId: string, runId: string): Promise<QueuePlace | null> {
    return firstRow(
      this.dataSource,
      `SELECT (SELECT count(*)::integer FROM runs o WHERE o.status = 'queued' AND o.id <> r.id
           AND (o.priority > r.priority OR (o.priority = r.priority AND o.created_at < r.created_at))) AS ahead,
         (SELECT a.id FROM runs a WHERE a.organization_id = r.organization_id AND a.status = ANY ($3::text[]))
           AS "blockedBy"
       FROM runs r WHERE r.organization_id = $1 AND r.id = $2 AND r.status = 'queued'`,
      [organizationId, runId, ACTIVE_STATUSES],
    );
  }

  private async audit(
    tx: Transaction,
    organizationId: string,
    runId: string,
    cause: TransitionCause,
    from: RunStatus | null,
    to: RunStatus,
    now: Date,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO audit_events (occurred_at, organization_id, actor, action, subject_id, details)
       VALUES ($1, $2, $3, 'run.status_changed', $4, $5)`,
      [now, organizationId, cause.actor, runId, JSON.stringify({ from, to, reason: cause.reason })],
    );
  }
}
