/** The SELECT list of every query that yields a `Run`. */
export const RUN_COLUMNS = `
  runs.id, runs.organization_id AS "organizationId", runs.kind, runs.status, runs.trigger,
  runs.requested_by AS "requestedBy", runs.inputs, runs.planned_changes AS "plannedChanges",
  runs.completed_changes AS "completedChanges", runs.changes, runs.plan_only AS "isPlanOnly",
  runs.current_resource AS "currentResource", runs.status_times AS "statusTimes",
  runs.approval_reason AS "approvalReason", runs.approved_by AS "approvedBy",
  runs.force_requested_by AS "forceRequestedBy", runs.result AS state,
  CASE WHEN runs.failure_code IS NOT NULL
    THEN jsonb_build_object('code', runs.failure_code, 'message', runs.failure_message) END AS failure,
  runs.cancel_requested_at AS "cancelRequestedAt", runs.cancel_requested_by AS "cancelRequestedBy",
  runs.created_at AS "createdAt", runs.claimed_at AS "claimedAt", runs.heartbeat_at AS "heartbeatAt",
  runs.finished_at AS "finishedAt"`;
