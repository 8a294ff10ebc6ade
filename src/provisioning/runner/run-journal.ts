import { type RunInputs, type RunKind, type RunLogEntry } from '../provisioning.types.js';

/** A run this worker owns, with the fence its writes must carry. */
export interface ClaimedRun {
  id: string;
  organizationId: string;
  kind: RunKind;
  inputs: RunInputs;
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

/**
 * Where an executing run writes down what it does. Every method fails with FenceLostError when another worker has
 * taken the run over; the executor then stops touching anything.
 */
export abstract class RunJournal {
  /** Moves the run to the phase's status and stores it before the phase does anything. Idempotent for the same status. */
  abstract enter(status: 'planning' | 'applying' | 'finalizing'): Promise<void>;
  abstract log(entries: RunLogEntry[]): Promise<void>;
  /** `planned` counts changes (a replacement is two), `completed` those done so far. */
  abstract progress(progress: { planned?: number; completed?: number }): Promise<void>;
  /** Stores a state version durably (encrypted). Storing the same lineage and serial again changes nothing. */
  abstract storeState(snapshot: StateSnapshot): Promise<void>;
  /** The newest durable state of the organization, or null. */
  abstract newestState(): Promise<StateSnapshot | null>;
}
