import { type PlannedChange, type RunLogEntry } from '../provisioning.types.js';
import { type StackRunWatcher } from '../stack-runs.types.js';
import { type RunApproval } from './run-approval.js';
import { type RunInterrupt } from './run-interrupt.js';
import { type DurableState, RunJournal, type RunProgress } from './run-journal.js';

/** What happens to resources; what a plan says is shown as a whole. */
const SHOWN = new Set(['apply_start', 'apply_complete', 'apply_errored', 'provision_errored']);
const AMONG_SHOWN = new Set(['warn', 'error']);

/**
 * Of a run nobody but the person at the terminal follows. Its state is where the stack's backend keeps it, so there is
 * nothing to store beside it, and nothing to resume: a run ends before its command does.
 */
export class TerminalJournal extends RunJournal {
  changes: readonly PlannedChange[] = [];
  private done: RunProgress = {};

  constructor(
    private readonly watcher: StackRunWatcher,
    private readonly approval: RunApproval,
    private readonly interrupt: RunInterrupt,
  ) {
    super();
  }

  async enter(status: 'planning' | 'awaiting_approval' | 'applying' | 'finalizing'): Promise<void> {
    if (status === 'planning') this.watcher.say('Planning ...');
    if (status === 'applying') this.watcher.say(`Applying ${this.changes.length} changes ...`);
    if (status !== 'awaiting_approval') return;
    if (await this.watcher.agreesTo(this.changes)) this.approval.grant();
    else this.interrupt.request('cancel');
  }

  log(entries: RunLogEntry[]): Promise<void> {
    for (const { type, level, message, phase } of entries) {
      if (phase === 'finalize' || !(SHOWN.has(type) || AMONG_SHOWN.has(level))) continue;
      this.watcher.say(phase === 'apply' ? `${this.position()}${message}` : message);
    }
    return Promise.resolve();
  }

  storedUntil(): Promise<number> {
    return Promise.resolve(0);
  }

  progress(progress: RunProgress): Promise<void> {
    this.done = { ...this.done, ...progress };
    return Promise.resolve();
  }

  planned(changes: PlannedChange[]): Promise<boolean> {
    this.changes = changes;
    this.watcher.plans(changes);
    return Promise.resolve(false);
  }

  foundOrphans(): Promise<void> {
    return Promise.resolve();
  }

  storeState(): Promise<void> {
    return Promise.resolve();
  }

  newestState(): Promise<DurableState | null> {
    return Promise.resolve(null);
  }

  private position(): string {
    const { planned, completed = 0 } = this.done;
    return planned === undefined ? '' : `[${completed}/${planned}] `;
  }
}
