import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock, type Timer } from '../common/clock/clock.js';
import { PollingLoop } from '../common/clock/polling-loop.js';
import { errorMessage } from '../common/errors/domain-error.js';
import { AppConfig } from '../config/app-config.js';
import { Notifier } from '../database/notifier.js';
import { ClusterReconcilerService } from './cluster-reconciler.service.js';
import { ClustersRepository } from './clusters.repository.js';

const BATCH = 100;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Reconciles clusters whose runs changed at once, every other one that may need it on each poll. */
@Injectable()
export class ClusterReconcileLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ClusterReconcileLoop.name);
  private readonly dirty = new Set<string>();
  private readonly retries = new Map<string, Timer>();
  private readonly loop: PollingLoop;
  private isSweepDue = true;
  private readonly unsubscribe: (() => void)[] = [];
  private sweepTimer: Timer | null = null;

  constructor(
    private readonly reconciler: ClusterReconcilerService,
    private readonly clusters: ClustersRepository,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {
    this.loop = new PollingLoop({
      name: 'cluster reconciler',
      intervalMs: config.env.PS_RECONCILE_POLL_SECONDS * 1000,
      clock,
      pass: () => this.pass(),
      onError: (error) => {
        this.logger.error(`Could not look for clusters to reconcile: ${errorMessage(error)}`);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.unsubscribe.push(
      this.notifier.subscribe('ps_runs', (organizationId) => {
        this.wake(organizationId);
      }),
      this.notifier.subscribe('ps_settings', () => {
        this.wake(null);
      }),
    );
    this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const stop of this.unsubscribe) stop();
    this.sweepTimer?.cancel();
    for (const timer of this.retries.values()) timer.cancel();
    await this.loop.stop();
  }

  /** Null: anything may have changed. */
  private wake(organizationId: string | null): void {
    if (organizationId === null) this.isSweepDue = true;
    else this.dirty.add(organizationId);
    this.loop.wake();
  }

  private async pass(): Promise<void> {
    const changed = [...this.dirty];
    this.dirty.clear();
    for (const organizationId of changed) await this.reconcileOne(organizationId);
    if (this.isSweepDue) await this.sweep();
  }

  private async sweep(): Promise<void> {
    this.isSweepDue = false;
    this.sweepTimer?.cancel();
    this.sweepTimer = this.clock.schedule(this.config.env.PS_RECONCILE_POLL_SECONDS * 1000, () => {
      this.wake(null);
    });
    let last = FIRST_ID;
    for (;;) {
      const page = await this.clusters.listUnreconciled(BATCH, last);
      for (const organizationId of page) await this.reconcileOne(organizationId);
      if (page.length < BATCH) return;
      last = page.at(-1) ?? last;
    }
  }

  /** One organization's failure must not keep the others waiting. */
  private async reconcileOne(organizationId: string): Promise<void> {
    try {
      const decision = await this.reconciler.reconcile(organizationId);
      if (decision.action === 'wait') this.wakeAt(organizationId, decision.until);
    } catch (error) {
      this.logger.error(`Could not reconcile the cluster of organization ${organizationId}: ${errorMessage(error)}`);
    }
  }

  private wakeAt(organizationId: string, until: Date): void {
    this.retries.get(organizationId)?.cancel();
    const timer = this.clock.schedule(until.getTime() - this.clock.now().getTime(), () => {
      this.retries.delete(organizationId);
      this.wake(organizationId);
    });
    this.retries.set(organizationId, timer);
  }
}
