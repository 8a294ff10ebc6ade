import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock, type Timer } from '../common/clock/clock.js';
import { PollingLoop } from '../common/clock/polling-loop.js';
import { errorMessage } from '../common/errors/domain-error.js';
import { AppConfig } from '../config/app-config.js';
import { Notifier } from '../database/notifier.js';
import { CapacityRepository } from './capacity.repository.js';
import { CapacitySizer } from './capacity-sizer.js';

/** Sizes clusters when requests change, when one expires, and all of them on each sweep. */
@Injectable()
export class CapacityLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CapacityLoop.name);
  private readonly dirty = new Set<string>();
  private readonly loop: PollingLoop;
  private isSweepDue = true;
  private sweepTimer: Timer | null = null;
  private expiryTimer: Timer | null = null;
  private unsubscribe: (() => void) | null = null;

  constructor(
    private readonly sizer: CapacitySizer,
    private readonly requests: CapacityRepository,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {
    this.loop = new PollingLoop({
      name: 'capacity',
      intervalMs: config.env.PS_CAPACITY_SWEEP_SECONDS * 1000,
      clock,
      pass: () => this.pass(),
      onError: (error) => {
        this.logger.error(`Could not size clusters, trying again: ${errorMessage(error)}`);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.unsubscribe = this.notifier.subscribe('ps_capacity', (organizationId) => {
      this.wake(organizationId);
    });
    this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.unsubscribe?.();
    this.sweepTimer?.cancel();
    this.expiryTimer?.cancel();
    await this.loop.stop();
  }

  private wake(organizationId: string | null): void {
    if (organizationId === null) this.isSweepDue = true;
    else this.dirty.add(organizationId);
    this.loop.wake();
  }

  private async pass(): Promise<void> {
    const found = await this.requests.listOrganizationsWithExpired(this.clock.now());
    if (this.isSweepDue) found.push(...(await this.startSweep()));
    // Taken and cleared at one go: a hint that comes during one of the reads above is not lost.
    const organizationIds = new Set([...this.dirty, ...found]);
    this.dirty.clear();
    for (const organizationId of organizationIds) await this.sizeOne(organizationId);
    await this.watchNextExpiry();
  }

  private startSweep(): Promise<string[]> {
    this.isSweepDue = false;
    this.sweepTimer?.cancel();
    this.sweepTimer = this.clock.schedule(this.config.env.PS_CAPACITY_SWEEP_SECONDS * 1000, () => {
      this.wake(null);
    });
    return this.requests.listOrganizationsWithDemand();
  }

  /** One organization's failure must not keep the others waiting; the next sweep tries it again. */
  private async sizeOne(organizationId: string): Promise<void> {
    try {
      await this.sizer.size(organizationId);
    } catch (error) {
      this.logger.error(`Could not size the cluster of organization ${organizationId}: ${errorMessage(error)}`);
    }
  }

  private async watchNextExpiry(): Promise<void> {
    const next = await this.requests.nextExpiry();
    this.expiryTimer?.cancel();
    if (next === null) return;
    this.expiryTimer = this.clock.schedule(next.getTime() - this.clock.now().getTime(), () => {
      this.loop.wake();
    });
  }
}
