import { Injectable, Logger } from '@nestjs/common';
import { errorMessage } from '../../common/errors/domain-error.js';
import { AppConfig } from '../../config/app-config.js';
import { FenceLostError } from '../provisioning.errors.js';
import { type RunOutcome } from '../provisioning.types.js';
import { CommandVanishedError } from '../runner/command-vanished.error.js';
import { RunExecutor } from '../runner/run-executor.js';
import { type InterruptReason, RunInterrupt } from '../runner/run-interrupt.js';
import { type ClaimedRun, type RunJournal } from '../runner/run-journal.js';
import { DatabaseRunJournal } from './database-run-journal.js';
import { RunFinisher } from './run-finisher.js';
import { JournalStores } from './journal-stores.js';

interface RunSession {
  run: ClaimedRun;
  interrupt: RunInterrupt;
  done: Promise<void>;
}

/** The runs this process is executing right now. */
@Injectable()
export class RunSessions {
  private readonly logger = new Logger(RunSessions.name);
  private readonly sessions = new Map<string, RunSession>();

  constructor(
    private readonly executor: RunExecutor,
    private readonly finisher: RunFinisher,
    private readonly stores: JournalStores,
    private readonly config: AppConfig,
  ) {}

  get all(): ClaimedRun[] {
    return [...this.sessions.values()].map(({ run }) => run);
  }

  /** Executes the run to its end, or resumes or recovers one that was taken over. Resolves when it is finished. */
  start(run: ClaimedRun, how: 'execute' | 'recover'): Promise<void> {
    const interrupt = new RunInterrupt();
    interrupt.onRequest((reason) => void this.noteInterrupt(run, reason));
    const journal = new DatabaseRunJournal(this.stores, run, interrupt, this.config.env.PS_RUN_LOG_MAX_BYTES);
    const done = this.carryOut(run, how, journal, interrupt).finally(() => this.sessions.delete(run.id));
    this.sessions.set(run.id, { run, interrupt, done });
    return done;
  }

  interrupt(runId: string, reason: InterruptReason): void {
    this.sessions.get(runId)?.interrupt.request(reason);
  }

  interruptAll(reason: InterruptReason): void {
    for (const { interrupt } of this.sessions.values()) interrupt.request(reason);
  }

  /** Resolves when no run is left. */
  async settled(): Promise<void> {
    await Promise.all([...this.sessions.values()].map(({ done }) => done));
  }

  private async carryOut(
    run: ClaimedRun,
    how: 'execute' | 'recover',
    journal: RunJournal,
    interrupt: RunInterrupt,
  ): Promise<void> {
    try {
      const outcome =
        how === 'execute' ? await this.execute(run, journal, interrupt) : await this.recover(run, journal);
      await this.finisher.finish(run, outcome);
    } catch (error) {
      await this.report(run, error);
    }
  }

  /** Only what people see depends on this note; the interrupt itself goes on without it. */
  private async noteInterrupt(run: ClaimedRun, reason: InterruptReason): Promise<void> {
    try {
      await this.finisher.noteInterrupt(run, reason);
    } catch (error) {
      this.logger.error(`Run ${run.id} is being interrupted, which could not be recorded: ${errorMessage(error)}`);
    }
  }

  private async execute(run: ClaimedRun, journal: RunJournal, interrupt: RunInterrupt): Promise<RunOutcome> {
    try {
      return await this.executor.execute(run, journal, interrupt);
    } catch (error) {
      if (!(error instanceof CommandVanishedError)) throw error;
      this.logger.warn(`Run ${run.id}: ${error.message}; recovering what it did`);
      return this.recover(run, journal);
    }
  }

  private async recover(run: ClaimedRun, journal: RunJournal): Promise<RunOutcome> {
    await this.finisher.beginRecovery(run);
    return this.executor.recover(run, journal, 'failed');
  }

  /** A run that ends by a defect of ours still ends: a run nobody ends would block its organization for ever. */
  private async report(run: ClaimedRun, error: unknown): Promise<void> {
    if (error instanceof FenceLostError) {
      this.logger.warn(`${error.message}; this worker lets it go`);
      return;
    }
    this.logger.error(`Run ${run.id} of organization ${run.organizationId} broke: ${errorMessage(error)}`, error);
    await this.finisher.abandon(run, errorMessage(error));
  }
}
