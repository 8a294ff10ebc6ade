import { type Clock } from '../../common/clock/clock.js';
import { ChangeWaiter } from '../runner/change-waiter.js';
import { type RunJournal } from '../runner/run-journal.js';
import { type RunWorkdir } from '../runner/run-workdir.js';
import { InvalidStateError, readStateFile } from './state-file.js';

const POLL_MS = 500;

/**
 * Stores every new serial of the state while Terraform works on it: whatever is killed, at most the last second of
 * knowledge is lost.
 */
export class StateWatcher {
  private stored: Buffer | null = null;

  constructor(
    private readonly workdir: RunWorkdir,
    private readonly journal: RunJournal,
    private readonly clock: Clock,
  ) {}

  /** Until `ended` settles, then once more. Rejects when the state cannot be stored, or is unreadable at the end. */
  async follow(ended: Promise<unknown>): Promise<void> {
    const changes = new ChangeWaiter(this.workdir.directory, POLL_MS, this.clock);
    let isOver = false;
    const finish = (): void => {
      isOver = true;
      changes.notify();
    };
    ended.then(finish, finish);
    try {
      while (!isOver) {
        await changes.next();
        await this.storeIfNew('half-written is possible');
      }
      await this.storeIfNew('complete');
    } finally {
      changes.close();
    }
  }

  private async storeIfNew(expectation: 'half-written is possible' | 'complete'): Promise<void> {
    try {
      const state = readStateFile(this.workdir.state);
      if (!state || this.stored?.equals(state.content)) return;
      await this.journal.storeState(state);
      this.stored = state.content;
    } catch (error) {
      // Terraform writes the file in place; the next look finds it whole.
      if (!(error instanceof InvalidStateError) || expectation === 'complete') throw error;
    }
  }
}
