import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows } from '../../database/sql.js';
import { storableJson } from '../../database/storable.js';
import { type Transaction } from '../../database/transaction.js';
import {
  type PlannedChange,
  type RunInputs,
  type RunKind,
  type RunStatus,
  type RunTrigger,
} from '../provisioning.types.js';
import { type ClaimedRun, type RunProgress } from '../runner/run-journal.js';
import { raiseFence } from '../runs/fence.js';
import { ACTIVE_STATUSES } from '../runs/run-status.js';
import { type WorkerIdentity } from './worker-identity.js';

interface Candidate {
  id: string;
  organizationId: string;
  kind: RunKind;
  trigger: RunTrigger;
  inputs: RunInputs;
  isPlanOnly: boolean;
}

/** An active run whose owner may be gone. */
export interface OrphanCandidate extends Candidate {
  status: RunStatus;
  workerId: string;
  workerHost: string;
  workerProcess: string;
  isSilent: boolean;
}

export interface HeartbeatAnswer {
  id: string;
  /** Who wants it stopped, or null. */
  cancelRequestedBy: string | null;
  isApproved: boolean;
  isForced: boolean;
}

/** The statements workers compete with. */
@Injectable()
export class RunQueueRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Locks the most urgent waiting run of the given kinds whose organization has none in progress; of equally urgent ones
   * that of the organization whose last turn is longest ago, so that none is kept waiting by a busy one.
   */
  lockNext(tx: Transaction, kinds: RunKind[]): Promise<Candidate | null> {
    return firstRow(
      tx,
      `SELECT r.id, r.organization_id AS "organizationId", r.kind, r.trigger, r.inputs, r.plan_only AS "isPlanOnly"
       FROM runs r
       WHERE r.status = 'queued' AND r.kind = ANY ($1::text[])
         AND NOT EXISTS (SELECT 1 FROM runs a WHERE a.organization_id = r.organization_id AND a.status = ANY ($2::text[]))
       ORDER BY r.priority DESC,
         (SELECT max(p.claimed_at) FROM runs p WHERE p.organization_id = r.organization_id) NULLS FIRST, r.created_at
       LIMIT 1 FOR UPDATE OF r SKIP LOCKED`,
      [kinds, ACTIVE_STATUSES],
    );
  }

  /**
   * Active runs the worker is not executing, locked; silent means no heartbeat for `lostSeconds`. Leases are written and
   * judged by the clock of the database only: one of a worker that jumps must not make a living one look dead.
   */
  lockOrphanCandidates(tx: Transaction, executing: string[], lostSeconds: number): Promise<OrphanCandidate[]> {
    return rows(
      tx,
      `SELECT id, organization_id AS "organizationId", kind, trigger, inputs, plan_only AS "isPlanOnly", status,
         worker_id AS "workerId", worker_host AS "workerHost", worker_process AS "workerProcess",
         heartbeat_at < clock_timestamp() - make_interval(secs => $3) AS "isSilent"
       FROM runs WHERE status = ANY ($1::text[]) AND id <> ALL ($2::uuid[])
       ORDER BY heartbeat_at LIMIT 20 FOR UPDATE SKIP LOCKED`,
      [ACTIVE_STATUSES, executing, lostSeconds],
    );
  }

  /** Makes the worker the run's owner under a new, higher fence: whoever owned it before can write nothing any more. */
  async own(
    tx: Transaction,
    run: Candidate,
    worker: WorkerIdentity,
    now: Date,
    isTakenOver: boolean,
  ): Promise<ClaimedRun> {
    const fencingToken = await raiseFence(tx, run.organizationId);
    await tx.query(
      `UPDATE runs SET fencing_token = $3, worker_id = $4, worker_host = $5, worker_process = $6,
         heartbeat_at = clock_timestamp(), claimed_at = COALESCE(claimed_at, $7)
       WHERE organization_id = $1 AND id = $2`,
      [run.organizationId, run.id, fencingToken, worker.id, worker.host, worker.process, now],
    );
    const { id, organizationId, kind, trigger, inputs, isPlanOnly } = run;
    return { id, organizationId, kind, trigger, inputs, isPlanOnly, fencingToken, isTakenOver };
  }

  /**
   * Renews the lease of the runs the worker is executing and tells which of them are to be stopped. A run it owns but does
   * not execute gets no renewal: its claim was stored, but the answer lost.
   */
  heartbeat(workerId: string, executing: string[]): Promise<HeartbeatAnswer[]> {
    return rows(
      this.dataSource,
      `UPDATE runs SET heartbeat_at = clock_timestamp()
       WHERE worker_id = $1 AND id = ANY ($2::uuid[]) AND status = ANY ($3::text[])
       RETURNING id, cancel_requested_by AS "cancelRequestedBy", approved_at IS NOT NULL AS "isApproved",
         force_requested_at IS NOT NULL AS "isForced"`,
      [workerId, executing, ACTIVE_STATUSES],
    );
  }

  /** Stores progress if the fence still holds; false when it does not. */
  async saveProgress(run: ClaimedRun, progress: RunProgress): Promise<boolean> {
    const saved = await firstRow(
      this.dataSource,
      `UPDATE runs SET planned_changes = COALESCE($4, planned_changes), completed_changes = COALESCE($5, completed_changes),
         current_resource = COALESCE($6, current_resource)
       WHERE organization_id = $1 AND id = $2 AND fencing_token = $3 RETURNING id`,
      [
        run.organizationId,
        run.id,
        run.fencingToken,
        progress.planned ?? null,
        progress.completed ?? null,
        progress.current ?? null,
      ],
    );
    return saved !== null;
  }

  /** Stores what the plan says if the fence still holds; whether it is approved already, or null without the fence. */
  async savePlan(run: ClaimedRun, changes: PlannedChange[], approvalReason: string | null): Promise<boolean | null> {
    const saved = await firstRow<{ isApproved: boolean }>(
      this.dataSource,
      `UPDATE runs SET changes = $4, approval_reason = $5
       WHERE organization_id = $1 AND id = $2 AND fencing_token = $3 RETURNING approved_at IS NOT NULL AS "isApproved"`,
      [run.organizationId, run.id, run.fencingToken, storableJson(changes), approvalReason],
    );
    return saved?.isApproved ?? null;
  }
}
