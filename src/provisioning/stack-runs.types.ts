import { type PlannedChange, type RunFailure } from './provisioning.types.js';

export { type SynthesisedStack } from './targets/target.js';

/** What a run of Terraform on a stack that is no organization's cluster is to do. */
export interface StackRunRequest {
  /** Of the working directory below `workspaces` in the data directory; the same for all runs of one stack. */
  name: string;
  kind: 'update' | 'destroy';
  isPlanOnly: boolean;
  /** Stops the run in good order: what Terraform is just building is finished. */
  signal: AbortSignal;
}

/** Who watches a run at a terminal. */
export interface StackRunWatcher {
  /** One line for people. */
  say(line: string): void;
  /** What the plan would do, once it is known; it may be nothing. */
  plans(changes: readonly PlannedChange[]): void;
  /** Whether the plan may be carried out. */
  agreesTo(changes: readonly PlannedChange[]): Promise<boolean>;
}

export interface StackRunResult {
  status: 'succeeded' | 'no_changes' | 'canceled' | 'failed';
  changes: readonly PlannedChange[];
  /** Of the stack after the run, without sensitive ones; empty when nothing was carried out. */
  outputs: Record<string, unknown>;
  failure: RunFailure | null;
}
