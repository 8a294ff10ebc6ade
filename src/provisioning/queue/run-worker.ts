import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { PollingLoop } from '../../common/clock/polling-loop.js';
import { errorMessage } from '../../common/errors/domain-error.js';
import { AppConfig } from '../../config/app-config.js';
import { Notifier } from '../../database/notifier.js';
import { type RunKind } from '../provisioning.types.js';
import { RunHeartbeat } from './run-heartbeat.js';
import { RunClaimer, type TakenRun } from './run-claimer.js';
import { RunSessions } from './run-sessions.js';
import { type WorkerIdentity, workerIdentity } from './worker-identity.js';

const ANY_KIND: RunKind[] = ['destroy', 'teardown', 'update', 'setup', 'refresh'];
const DESTROY_KINDS: RunKind[] = ['destroy', 'teardown'];

/** Takes runs, as many as there are slots, and lets go of them at shutdown. */
@Injectable()
export class RunWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RunWorker.name);
  private readonly identity: WorkerIdentity;
  private readonly loop: PollingLoop;
  private readonly unsubscribe: (() => void)[] = [];
  private isLeaving = false;

  constructor(
    private readonly claimer: RunClaimer,
    private readonly sessions: RunSessions,
    private readonly heartbeat: RunHeartbeat,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {
    this.identity = workerIdentity(config.env.PS_DATA_DIRECTORY);
    this.loop = new PollingLoop({
      name: 'run worker',
      intervalMs: config.env.PS_RUN_POLL_SECONDS * 1000,
      clock,
      pass: () => this.takeRuns(),
      onError: (error) => {
        this.logger.error(`Could not look for runs, trying again: ${errorMessage(error)}`);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.unsubscribe.push(
      this.notifier.subscribe('ps_runs', () => {
        this.loop.wake();
      }),
      this.notifier.subscribe('ps_run_cancel', () => {
        this.heartbeat.beatNow();
      }),
    );
    this.heartbeat.start(this.identity.id);
    this.loop.start();
  }

  /**
   * Takes no new run, gives running ones time to finish, then interrupts each once. What still runs after the grace
   * period goes on without us: Terraform does not depend on this process, and the next start re-attaches to it.
   */
  async onApplicationShutdown(): Promise<void> {
    for (const stop of this.unsubscribe) stop();
    this.isLeaving = true;
    await this.loop.stop();
    const { PS_SHUTDOWN_INTERRUPT_SECONDS: interruptAfter, PS_SHUTDOWN_GRACE_SECONDS: grace } = this.config.env;
    const interruption = this.clock.schedule(interruptAfter * 1000, () => {
      this.sessions.interruptAll('shutdown');
    });
    await this.settledWithin(grace * 1000);
    interruption.cancel();
    await this.heartbeat.stop();
    this.sessions.letGo();
    for (const run of this.sessions.all)
      this.logger.warn(`Run ${run.id} goes on without this process; the next start takes it over`);
  }

  private async takeRuns(): Promise<void> {
    const executing = this.sessions.all.map(({ id }) => id);
    for (const taken of await this.claimer.takeOver(this.identity, executing)) this.begin(taken);
    while (!this.isLeaving) {
      const kinds = this.kindsWithSlot();
      const run = kinds.length === 0 ? null : await this.claimer.claimNext(this.identity, kinds);
      if (!run) return;
      this.begin({ run, how: 'execute' });
    }
  }

  private begin({ run, how }: TakenRun): void {
    this.logger.log(
      `Run ${run.id} (${run.kind}) of organization ${run.organizationId}: ${run.isTakenOver ? `taken over, ${how}` : 'claimed'}`,
    );
    // A session reports its own failure; what follows it is that a slot is free.
    void this.sessions.start(run, how).then(() => {
      this.loop.wake();
    });
  }

  /** Destroys have slots of their own, so that what stops spending never waits behind long deploys. */
  private kindsWithSlot(): RunKind[] {
    const { PS_RUN_SLOTS: slots, PS_RUN_DESTROY_SLOTS: destroySlots } = this.config.env;
    const running = this.sessions.busy;
    if (running < slots) return ANY_KIND;
    return running < slots + destroySlots ? DESTROY_KINDS : [];
  }

  private async settledWithin(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const limit = this.clock.schedule(milliseconds, resolve);
      void this.sessions.settled().then(() => {
        limit.cancel();
        resolve();
      });
    });
  }
}
