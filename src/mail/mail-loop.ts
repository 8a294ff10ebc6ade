import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { PollingLoop } from '../common/clock/polling-loop.js';
import { errorMessage } from '../common/errors/domain-error.js';
import { AppConfig } from '../config/app-config.js';
import { Notifier } from '../database/notifier.js';
import { MailDelivery } from './mail-delivery.js';

const CLEANING_SECONDS = 3600;

/** Sends mails as they come, and looks for those nobody told of. */
@Injectable()
export class MailLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private readonly loop: PollingLoop;
  private unsubscribe: (() => void) | null = null;
  private nextCleaning = 0;
  private isStopping = false;

  constructor(
    private readonly delivery: MailDelivery,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.loop = new PollingLoop({
      name: 'mail',
      intervalMs: config.env.PS_MAIL_POLL_SECONDS * 1000,
      clock,
      pass: () => this.pass(),
      onError: (error) => {
        this.logger.error(`Could not look into the mail outbox, trying again: ${errorMessage(error)}`);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.unsubscribe = this.notifier.subscribe('ps_mail', () => {
      this.loop.wake();
    });
    this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.unsubscribe?.();
    await this.loop.stop();
  }

  /** Stops between two mails when the process does; the rest is sent by the next one. */
  private async pass(): Promise<void> {
    while (!this.isStopping && (await this.delivery.deliverNext()));
    if (this.isStopping || this.clock.nowSeconds() < this.nextCleaning) return;
    this.nextCleaning = this.clock.nowSeconds() + CLEANING_SECONDS;
    await this.delivery.deleteOld();
  }
}
