import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock, type Timer } from '../common/clock/clock.js';
import { KeyedLoop } from '../common/clock/keyed-loop.js';
import { AppConfig } from '../config/app-config.js';
import { Notifier } from '../database/notifier.js';
import { OrganizationNotFoundError } from '../organizations/organizations.errors.js';
import { CapacityRepository } from './capacity.repository.js';
import { CapacitySizer } from './capacity-sizer.js';

/** Sizes the clusters of organizations when requests change, when one expires, and all of them on each sweep. */
@Injectable()
export class CapacityLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CapacityLoop.name);
  private readonly loop: KeyedLoop;
  private expiryTimer: Timer | null = null;
  private unsubscribe: (() => void) | null = null;

  constructor(
    private readonly sizer: CapacitySizer,
    private readonly requests: CapacityRepository,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.loop = new KeyedLoop({
      name: 'capacity loop',
      sweepIntervalMs: config.env.PS_CAPACITY_SWEEP_SECONDS * 1000,
      clock,
      find: (isSweep) => this.find(isSweep),
      work: (organizationId) => this.size(organizationId),
      afterPass: () => this.watchNextExpiry(),
      logError: (message) => {
        this.logger.error(message);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.unsubscribe = this.notifier.subscribe('ps_capacity', (organizationId) => {
      this.loop.wake(organizationId);
    });
    this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.unsubscribe?.();
    this.expiryTimer?.cancel();
    await this.loop.stop();
  }

  private async size(organizationId: string): Promise<void> {
    try {
      await this.sizer.size(organizationId);
    } catch (error) {
      // An organization deleted since it was found leaves nothing to do.
      if (!(error instanceof OrganizationNotFoundError)) throw error;
    }
  }

  private async find(isSweep: boolean): Promise<string[]> {
    const expired = await this.requests.listOrganizationsWithExpired(this.clock.now());
    return isSweep ? [...expired, ...(await this.requests.listOrganizationsWithDemand())] : expired;
  }

  private async watchNextExpiry(): Promise<void> {
    const next = await this.requests.nextExpiry();
    this.expiryTimer?.cancel();
    if (next === null) return;
    this.expiryTimer = this.clock.schedule(next.getTime() - this.clock.now().getTime(), () => {
      this.loop.look();
    });
  }
}
