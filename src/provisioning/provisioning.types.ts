import { type RunStatus } from './runs/run-status.js';

export { type RunStatus } from './runs/run-status.js';

/** One execution of Terraform for a cluster. */
export type RunKind = 'setup' | 'update' | 'refresh' | 'destroy' | 'teardown';

/**
 * `capacity`: what is asked for grew, shrank or ended. `configuration`: what the cluster is built of was changed, and this
 * run takes it down to be built anew. `user`: somebody asked for the run itself; `drift`: the schedule.
 */
export type RunTrigger = 'capacity' | 'configuration' | 'retry' | 'admin' | 'user' | 'drift' | 'cleanup';

export type TargetName = 'local' | 'aws';

/**
 * What a run is to build; everything the synthesis of the configuration depends on. Runs from before the catalogue lack
 * what is optional; their clusters have the usual values of the target.
 */
export interface RunInputs {
  target: TargetName;
  organizationName: string;
  nodes: number;
  /** Between which the cluster's own scaling stays; of runs before there were any, unknown. */
  nodeLimits?: { min: number; max: number };
  clusterVersion: string;
  isPublic: boolean;
  /** Variant of the version's nodes; null for the usual ones. */
  nodeConfiguration?: string | null;
  availabilityZone?: string;
  /** For node configurations of spot instances only. */
  spotAllocationStrategy?: string;
  /** Dollars per node and hour, as decimal text with four decimals; for spot instances only. */
  spotMaxPrice?: string;
}

export type RunPhase = 'prepare' | 'init' | 'import' | 'plan' | 'apply' | 'finalize' | 'recover';

/** One line of a run's log, already parsed; redaction and numbering happen when it is stored. */
export interface RunLogEntry {
  occurredAt: Date;
  phase: RunPhase;
  /** Terraform's event type (`apply_complete`), or `log` for lines that are not events. */
  type: string;
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  data: Record<string, unknown> | null;
}

/** What a Terraform state says, without anything sensitive. */
export interface StateSummary {
  serial: number;
  lineage: string;
  /** Instances per resource address without index, for example `{"terraform_data.node": 5}`. */
  resourceCounts: Record<string, number>;
  /** Machines that scaling groups of the state are to have; absent when there is none. */
  groupCapacity?: number;
  outputs: Record<string, unknown>;
}

export interface RunFailure {
  /** Stable code, for example `terraform.apply_failed`. */
  code: string;
  /** What happened, why, and what to do next. */
  message: string;
}

/** One thing a plan would do to a resource, or found done to it outside of Terraform. */
export interface PlannedChange {
  address: string;
  type: string;
  /** Terraform's word: create, update, delete, replace, import, move, remove. */
  action: string;
  reason: string | null;
}

/** How a run ended. `state` is null when there was no state at all. */
export interface RunOutcome {
  status: 'succeeded' | 'no_changes' | 'failed' | 'canceled' | 'force_canceled';
  state: StateSummary | null;
  failure: RunFailure | null;
}

/** A run as clients and other modules see it. Dates are UTC. */
export interface Run {
  id: string;
  organizationId: string;
  kind: RunKind;
  status: RunStatus;
  trigger: RunTrigger;
  requestedBy: string;
  inputs: RunInputs;
  /** Changes the plan announced (a replacement counts two); null until there is a plan. */
  plannedChanges: number | null;
  completedChanges: number;
  /** What the plan says, and for a refresh what it found; null until there is a plan. */
  changes: PlannedChange[] | null;
  /** Only planned, never applied. */
  isPlanOnly: boolean;
  /** Address of the resource that was begun last; null when none is at work. */
  currentResource: string | null;
  /** When the run entered which status for the first time, ISO 8601. */
  statusTimes: Partial<Record<RunStatus, string>>;
  /** Why somebody has to agree to the plan; null when nobody has to. */
  approvalReason: string | null;
  approvedBy: string | null;
  state: StateSummary | null;
  failure: RunFailure | null;
  cancelRequestedAt: Date | null;
  cancelRequestedBy: string | null;
  forceRequestedBy: string | null;
  createdAt: Date;
  claimedAt: Date | null;
  heartbeatAt: Date | null;
  finishedAt: Date | null;
}

/** What made a stored state: a run, going back to an older one, or taking over a cluster of the old system. */
export type StateSource = 'run' | 'rollback' | 'adoption';

/** A stored version of an organization's Terraform state, without its content. */
export interface StateVersion {
  id: string;
  organizationId: string;
  serial: number;
  lineage: string;
  /** Of the content in clear. */
  sha256: string;
  sizeBytes: number;
  source: StateSource;
  /** Null unless a run made it. */
  runId: string | null;
  /** Who made it; null when a run did. */
  createdBy: string | null;
  createdAt: Date;
}

/** The run that has an organization's state for itself. */
export interface StateLock {
  runId: string;
  kind: RunKind;
  status: RunStatus;
  requestedBy: string;
  workerHost: string | null;
  workerProcess: string | null;
  claimedAt: Date | null;
  heartbeatAt: Date | null;
  /** Whole seconds since `heartbeatAt` by the clock of the database, which writes it. */
  silentSeconds: number | null;
}

/** Something that exists at the target for an organization's cluster and was in no state when a run looked last. */
export interface RecordedOrphan {
  id: string;
  organizationId: string;
  organizationName: string;
  /** Terraform's type, for example `aws_instance`. */
  resourceType: string;
  resourceId: string;
  name: string | null;
  /** Where the configuration has a place for it, so that a run takes it over; null when a person has to look. */
  address: string | null;
  foundByRun: string;
  foundAt: Date;
  seenAt: Date;
  /** Since when it is gone or in a state. */
  resolvedAt: Date | null;
  forgottenAt: Date | null;
  forgottenBy: string | null;
}

/** Why a run has not started. `position` counts from 1 over all organizations. */
export interface Waiting {
  position: number;
  reason: string;
}

/** A run as administrators see it. */
export interface AdministeredRun extends Run {
  organizationName: string;
  /** Where it was executed last; null while it waits. */
  workerHost: string | null;
}

/** What somebody wants Terraform to do for an organization. */
export interface RunRequest {
  organizationId: string;
  kind: RunKind;
  trigger: RunTrigger;
  /** `user:<name>` or `system:<part>`, for the audit trail. */
  requestedBy: string;
  inputs: RunInputs;
  /** Show what would be done and do nothing; false unless told. */
  isPlanOnly?: boolean;
}

/** A stored line of a run's log. `seq` counts from 1 without gaps. */
export interface StoredRunLogEntry extends RunLogEntry {
  seq: number;
}
