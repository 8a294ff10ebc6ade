import { LogBudget } from '../logs/log-budget.js';
import { FenceLostError } from '../provisioning.errors.js';
import { type RunLogEntry } from '../provisioning.types.js';
import { type ClaimedRun, RunJournal, type StateSnapshot } from '../runner/run-journal.js';
import { type RunInterrupt } from '../runner/run-interrupt.js';
import { type JournalStores } from './journal-stores.js';

/** The journal of one run in Postgres. Every write carries the fence. */
export class DatabaseRunJournal extends RunJournal {
  private position: { nextSeq: number; budget: LogBudget } | null = null;

  constructor(
    private readonly stores: JournalStores,
    private readonly run: ClaimedRun,
    private readonly interrupt: RunInterrupt,
    private readonly maxLogBytes: number,
  ) {
    super();
  }

  async enter(status: 'planning' | 'applying' | 'finalizing'): Promise<void> {
    const { transactions, runs, clock, notifier } = this.stores;
    const cause = { actor: 'system:worker', reason: 'next phase' };
    const moved = await transactions.run((tx) => runs.transition(tx, this.run, status, cause, { now: clock.now() }));
    if (moved === null) await this.acceptUnmoved(status);
    notifier.publish('ps_runs', this.run.organizationId);
  }

  async log(entries: RunLogEntry[]): Promise<void> {
    const { logs, notifier } = this.stores;
    const position = (this.position ??= await this.startPosition());
    const admitted = position.budget.admit(entries);
    if (admitted.length === 0) return;
    await logs.append(this.run, position.nextSeq, admitted);
    position.nextSeq += admitted.length;
    notifier.publish('ps_run_log', this.run.id);
  }

  async progress(progress: { planned?: number; completed?: number }): Promise<void> {
    if (!(await this.stores.queue.saveProgress(this.run, progress))) throw new FenceLostError(this.run.id);
    this.stores.notifier.publish('ps_run_log', this.run.id);
  }

  storeState(snapshot: StateSnapshot): Promise<void> {
    return this.stores.states.store(this.run, snapshot, this.stores.clock.now());
  }

  newestState(): Promise<StateSnapshot | null> {
    return this.stores.states.newest(this.run.organizationId);
  }

  private async startPosition(): Promise<{ nextSeq: number; budget: LogBudget }> {
    const { lastSeq, bytes } = await this.stores.logs.size(this.run.organizationId, this.run.id);
    return { nextSeq: lastSeq + 1, budget: new LogBudget(this.maxLogBytes, bytes) };
  }

  /** The run is already there, or somebody cancels it meanwhile; anything else means that it is not ours any more. */
  private async acceptUnmoved(status: string): Promise<void> {
    const { runs, queue } = this.stores;
    if (!(await queue.saveProgress(this.run, {}))) throw new FenceLostError(this.run.id);
    const current = await runs.find(this.run.organizationId, this.run.id);
    if (current?.status === status) return;
    if (current?.status !== 'canceling') {
      throw new Error(`Run ${this.run.id} cannot go from ${current?.status ?? 'nowhere'} to ${status}`);
    }
    this.interrupt.request('cancel');
  }
}
