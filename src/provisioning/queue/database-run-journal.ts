import { type Clock } from '../../common/clock/clock.js';
import { LogBudget } from '../logs/log-budget.js';
import { FenceLostError } from '../provisioning.errors.js';
import { type Orphan } from '../orphans/match-orphans.js';
import { type PlannedChange, type RunLogEntry } from '../provisioning.types.js';
import {
  type ClaimedRun,
  type DurableState,
  type OutputPosition,
  RunJournal,
  type RunProgress,
  type StateSnapshot,
} from '../runner/run-journal.js';
import { reasonOf, type RunInterrupt } from '../runner/run-interrupt.js';
import { type JournalStores } from './journal-stores.js';

interface LogEnd {
  nextSeq: number;
  budget: LogBudget;
  storedUntil: Record<string, number>;
}

/** The journal of one run in Postgres. Every write carries the fence, and waits for a database that is away. */
export class DatabaseRunJournal extends RunJournal {
  private logEnd: LogEnd | null = null;

  constructor(
    private readonly stores: JournalStores,
    private readonly run: ClaimedRun,
    private readonly interrupt: RunInterrupt,
    private readonly maxLogBytes: number,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** When somebody cancels the run meanwhile, the interrupt is requested instead. */
  async enter(status: 'planning' | 'awaiting_approval' | 'applying' | 'finalizing'): Promise<void> {
    const { transitions } = this.stores;
    if (await transitions.move(this.run, status, { actor: 'system:worker', reason: 'next phase' })) return;
    const current = await transitions.current(this.run);
    if (current.status === status) return;
    if (current.status !== 'canceling')
      throw new Error(`Run ${this.run.id} cannot go from ${current.status} to ${status}`);
    this.interrupt.request(reasonOf(current.cancelRequestedBy));
  }

  async log(entries: RunLogEntry[], position: OutputPosition): Promise<void> {
    const { logs, notifier } = this.stores;
    const end = (this.logEnd ??= await this.readLogEnd());
    // Once, outside of what is repeated: admitting uses up the budget.
    const admitted = end.budget.admit(entries);
    if (admitted.length === 0) return;
    await this.insist('store its log', () => logs.append(this.run, end.nextSeq, admitted, position));
    end.nextSeq += admitted.length;
    notifier.publish('ps_run_log', this.run.id);
  }

  async storedUntil(output: string): Promise<number> {
    const end = (this.logEnd ??= await this.readLogEnd());
    return end.storedUntil[output] ?? 0;
  }

  async progress(progress: RunProgress): Promise<void> {
    const { queue, notifier } = this.stores;
    const isSaved = await this.insist('store its progress', () => queue.saveProgress(this.run, progress));
    if (!isSaved) throw new FenceLostError(this.run.id);
    notifier.publish('ps_run_log', this.run.id);
  }

  async planned(changes: PlannedChange[], approvalReason: string | null): Promise<boolean> {
    const { queue } = this.stores;
    const isApproved = await this.insist('store its plan', () => queue.savePlan(this.run, changes, approvalReason));
    if (isApproved === null) throw new FenceLostError(this.run.id);
    return isApproved;
  }

  foundOrphans(found: readonly Orphan[]): Promise<void> {
    const { orphans } = this.stores;
    return this.insist('store what is in no state', () => orphans.record(this.run, found, this.clock.now()));
  }

  storeState(snapshot: StateSnapshot): Promise<void> {
    const { states } = this.stores;
    return this.insist('store its state', () => states.store(this.run, snapshot, this.clock.now()));
  }

  newestState(): Promise<DurableState | null> {
    return this.insist('read its state', () => this.stores.states.newest(this.run.organizationId));
  }

  private readLogEnd(): Promise<LogEnd> {
    const { logs } = this.stores;
    const { organizationId, id } = this.run;
    return this.insist('read its log', async () => {
      const { lastSeq, bytes } = await logs.size(organizationId, id);
      const storedUntil = await logs.positions(organizationId, id);
      return { nextSeq: lastSeq + 1, budget: new LogBudget(this.maxLogBytes, bytes), storedUntil };
    });
  }

  private insist<T>(what: string, work: () => Promise<T>): Promise<T> {
    return this.stores.patience.insist(`let run ${this.run.id} ${what}`, work);
  }
}
