import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { KeyedLoop } from '../common/clock/keyed-loop.js';
import { AppConfig } from '../config/app-config.js';
import { Notifier } from '../database/notifier.js';
import { OrganizationNotFoundError } from '../organizations/organizations.errors.js';
import { ClusterReconcilerService } from './cluster-reconciler.service.js';
import { ClustersRepository } from './clusters.repository.js';

/** Reconciles the clusters of organizations whose runs changed at once, every other that may need it on each poll. */
@Injectable()
export class ClusterReconcileLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ClusterReconcileLoop.name);
  private readonly loop: KeyedLoop;
  private readonly unsubscribe: (() => void)[] = [];

  constructor(
    private readonly reconciler: ClusterReconcilerService,
    clusters: ClustersRepository,
    private readonly notifier: Notifier,
    clock: Clock,
    config: AppConfig,
  ) {
    this.loop = new KeyedLoop({
      name: 'cluster reconciler',
      sweepIntervalMs: config.env.PS_RECONCILE_POLL_SECONDS * 1000,
      clock,
      find: (isSweep) => (isSweep ? clusters.listUnreconciled() : Promise.resolve([])),
      work: (organizationId) => this.reconcile(organizationId),
      logError: (message) => {
        this.logger.error(message);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.unsubscribe.push(
      this.notifier.subscribe('ps_runs', (organizationId) => {
        this.loop.wake(organizationId);
      }),
      this.notifier.subscribe('ps_settings', () => {
        this.loop.wake(null);
      }),
    );
    this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const stop of this.unsubscribe) stop();
    await this.loop.stop();
  }

  private async reconcile(organizationId: string): Promise<void> {
    try {
      const decision = await this.reconciler.reconcile(organizationId);
      if (decision.action === 'wait') this.loop.wakeAt(organizationId, decision.until);
    } catch (error) {
      // An organization deleted since it was found leaves nothing to do.
      if (!(error instanceof OrganizationNotFoundError)) throw error;
    }
  }
}
