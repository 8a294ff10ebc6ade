import { type Orphan } from '../orphans/match-orphans.js';
import {
  type PlannedChange,
  type RunInputs,
  type RunKind,
  type RunLogEntry,
  type RunTrigger,
} from '../provisioning.types.js';

/** A run this worker owns, with the fence its writes must carry. */
export interface ClaimedRun {
  id: string;
  organizationId: string;
  kind: RunKind;
  trigger: RunTrigger;
  inputs: RunInputs;
  /** Show what would be done and do nothing. */
  isPlanOnly: boolean;
  fencingToken: string;
  /** True after a takeover: the run may already have processes and files. */
  isTakenOver: boolean;
}

/** One version of a Terraform state as it is on disk. */
export interface StateSnapshot {
  lineage: string;
  serial: number;
  content: Buffer;
}

/** A stored version, with the fence of the run that stored it. */
export interface DurableState extends StateSnapshot {
  fencingToken: string;
}

/** `planned` counts changes (a replacement is two), `completed` those done so far, `current` is what is at work. */
export interface RunProgress {
  planned?: number;
  completed?: number;
  current?: string;
}

/** How much of one output of a run is stored: everything before byte `end` of, for example, `apply/stdout`. */
export interface OutputPosition {
  output: string;
  end: number;
}

/**
 * Where an executing run writes down what it does. Every method waits for a database that is not reachable: Terraform
 * works on meanwhile. Every write fails with FenceLostError when another worker has taken the run over.
 */
export abstract class RunJournal {
  /** Moves the run to the phase's status and stores it before the phase does anything. Idempotent for the same status. */
  abstract enter(status: 'planning' | 'awaiting_approval' | 'applying' | 'finalizing'): Promise<void>;
  /** Stores entries and how far into the output they reach, both or nothing: whoever resumes stores no line twice. */
  abstract log(entries: RunLogEntry[], position: OutputPosition): Promise<void>;
  /** Up to which byte the output is stored. */
  abstract storedUntil(output: string): Promise<number>;
  abstract progress(progress: RunProgress): Promise<void>;
  /** What the plan says, and why somebody has to agree to it, or null. True when somebody has already. */
  abstract planned(changes: PlannedChange[], approvalReason: string | null): Promise<boolean>;
  /** What exists and is in no state, for people to see; what is not among it any more has found its place. */
  abstract foundOrphans(orphans: readonly Orphan[]): Promise<void>;
  /** Stores a state version durably (encrypted). Storing the same lineage and serial again changes nothing. */
  abstract storeState(snapshot: StateSnapshot): Promise<void>;
  /** The newest durable state of the organization, or null. */
  abstract newestState(): Promise<DurableState | null>;
}
