import { Injectable, Logger } from '@nestjs/common';
import { errorMessage } from '../../common/errors/domain-error.js';
import { Clock } from '../../common/clock/clock.js';
import { AppConfig } from '../../config/app-config.js';
import { FenceLostError } from '../provisioning.errors.js';
import { type RunFailure, type RunOutcome } from '../provisioning.types.js';
import { CommandVanishedError } from '../runner/command.errors.js';
import { RunExecutor } from '../runner/run-executor.js';
import { RunApproval } from '../runner/run-approval.js';
import { FORCED, WORKER_LOST } from '../runner/run-failure.js';
import { type InterruptReason, RunInterrupt } from '../runner/run-interrupt.js';
import { type ClaimedRun, type RunJournal } from '../runner/run-journal.js';
import { DatabaseRunJournal } from './database-run-journal.js';
import { RunFinisher } from './run-finisher.js';
import { JournalStores } from './journal-stores.js';

interface RunSession {
  run: ClaimedRun;
  interrupt: RunInterrupt;
  approval: RunApproval;
  isForced: boolean;
  done: Promise<void>;
}

/** The runs this process is executing right now. */
@Injectable()
export class RunSessions {
  private readonly logger = new Logger(RunSessions.name);
  private readonly sessions = new Map<string, RunSession>();
  private hasLetGo = false;

  constructor(
    private readonly executor: RunExecutor,
    private readonly finisher: RunFinisher,
    private readonly stores: JournalStores,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  get all(): ClaimedRun[] {
    return [...this.sessions.values()].map(({ run }) => run);
  }

  /** Those that use a slot: a run that waits for somebody's agreement does nothing. */
  get busy(): number {
    return [...this.sessions.values()].filter(({ approval }) => !approval.isAwaited).length;
  }

  /** Executes the run to its end, or resumes or recovers one that was taken over. Resolves when it is finished; never rejects. */
  start(run: ClaimedRun, how: 'execute' | 'recover'): Promise<void> {
    const interrupt = new RunInterrupt();
    interrupt.onRequest((reason) => void this.noteInterrupt(run, reason));
    const { PS_RUN_LOG_MAX_BYTES: maxLogBytes } = this.config.env;
    const journal = new DatabaseRunJournal(this.stores, run, interrupt, maxLogBytes, this.clock);
    const approval = new RunApproval();
    const session: RunSession = { run, interrupt, approval, isForced: false, done: Promise.resolve() };
    this.sessions.set(run.id, session);
    session.done = this.carryOut(session, how, journal).finally(() => this.sessions.delete(run.id));
    return session.done;
  }

  interrupt(runId: string, reason: InterruptReason): void {
    this.sessions.get(runId)?.interrupt.request(reason);
  }

  approve(runId: string): void {
    this.sessions.get(runId)?.approval.grant();
  }

  /** Kills what a run that was asked to stop, and did not, has started; what it had built is then collected. Never rejects. */
  async force(runId: string): Promise<void> {
    const session = this.sessions.get(runId);
    if (!session || session.isForced) return;
    session.isForced = true;
    this.logger.warn(`Run ${runId} is killed because it did not stop`);
    try {
      await this.executor.kill(session.run);
    } catch (error) {
      session.isForced = false;
      this.logger.error(`Run ${runId} could not be killed, trying again: ${errorMessage(error)}`);
    }
  }

  interruptAll(reason: InterruptReason): void {
    for (const { interrupt } of this.sessions.values()) interrupt.request(reason);
  }

  /** Resolves when no run is left. */
  async settled(): Promise<void> {
    await Promise.all([...this.sessions.values()].map(({ done }) => done));
  }

  /** The process ends: nothing more is done for the runs that are left, whatever becomes of the database connections. */
  letGo(): void {
    this.hasLetGo = true;
    this.stores.patience.end();
  }

  private async carryOut(session: RunSession, how: 'execute' | 'recover', journal: RunJournal): Promise<void> {
    const { run } = session;
    try {
      const outcome =
        how === 'execute'
          ? await this.execute(session, journal)
          : await this.recover(run, journal, 'its worker is gone', WORKER_LOST);
      await this.finisher.finish(run, outcome);
      this.tidyUp(run, outcome);
    } catch (error) {
      await this.report(run, error);
    }
  }

  /** The run has ended; files that cannot be deleted change nothing of that. */
  private tidyUp(run: ClaimedRun, outcome: RunOutcome): void {
    try {
      this.executor.tidyUp(run, outcome);
    } catch (error) {
      this.logger.warn(`Files of run ${run.id} could not be deleted: ${errorMessage(error)}`);
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

  /** Whatever breaks the run, what it left is killed and recorded: nobody else would look after it. */
  private async execute(session: RunSession, journal: RunJournal): Promise<RunOutcome> {
    const { run, interrupt, approval } = session;
    try {
      return await this.executor.execute(run, journal, interrupt, approval);
    } catch (error) {
      if (error instanceof FenceLostError || this.hasLetGo) throw error;
      if (error instanceof CommandVanishedError && session.isForced) {
        return { ...(await this.recover(run, journal, 'it was killed', FORCED)), status: 'force_canceled' };
      }
      if (error instanceof CommandVanishedError) {
        this.logger.warn(`Run ${run.id}: ${error.message}; recovering what it did`);
        return this.recover(run, journal, 'its process is gone', WORKER_LOST);
      }
      this.logger.error(`Run ${run.id} of organization ${run.organizationId} broke: ${errorMessage(error)}`, error);
      return this.recover(run, journal, 'it broke', internalError(error));
    }
  }

  private async recover(
    run: ClaimedRun,
    journal: RunJournal,
    reason: string,
    failure: RunFailure,
  ): Promise<RunOutcome> {
    await this.finisher.beginRecovery(run, reason);
    return this.executor.recover(run, journal, failure);
  }

  /** A run that ends by a defect of ours still ends: a run nobody ends would block its organization for ever. */
  private async report(run: ClaimedRun, error: unknown): Promise<void> {
    if (this.hasLetGo) return;
    if (error instanceof FenceLostError) {
      this.logger.warn(`${error.message}; this worker lets it go`);
      return;
    }
    this.logger.error(`Run ${run.id} of organization ${run.organizationId} broke: ${errorMessage(error)}`, error);
    try {
      await this.finisher.abandon(run, internalError(error));
    } catch (refused) {
      // Without a session its lease is not renewed; the next look for lost runs takes it over.
      this.logger.error(`Run ${run.id} could not be ended, it will be taken over: ${errorMessage(refused)}`);
    }
  }
}

function internalError(error: unknown): RunFailure {
  const message = `${errorMessage(error)}. A new run will be tried; see the service's log.`;
  return { code: 'runs.internal_error', message };
}
