import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { PollingLoop } from '../common/clock/polling-loop.js';
import { errorMessage } from '../common/errors/domain-error.js';
import { AppConfig } from '../config/app-config.js';
import { RunBusyError } from '../provisioning/provisioning.errors.js';
import { ClusterAbsentError } from './clusters.errors.js';
import { ClusterRunsService } from './cluster-runs.service.js';
import { ClustersRepository } from './clusters.repository.js';

/** As many per pass, so that a long list of clusters does not fill the queue at once. */
const AT_ONCE = 5;
const POLLS_PER_INTERVAL = 20;
const LONGEST_POLL_MS = 300_000;

/** Has every deployed cluster compared with reality once per interval. */
@Injectable()
export class DriftCheckLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(DriftCheckLoop.name);
  private readonly intervalMs: number;
  private readonly loop: PollingLoop;

  constructor(
    private readonly clusters: ClustersRepository,
    private readonly runs: ClusterRunsService,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.intervalMs = config.env.PS_DRIFT_CHECK_SECONDS * 1000;
    this.loop = new PollingLoop({
      name: 'drift check',
      intervalMs: Math.min(LONGEST_POLL_MS, Math.max(1000, this.intervalMs / POLLS_PER_INTERVAL)),
      clock,
      pass: () => this.check(),
      onError: (error) => {
        this.logger.error(`Clusters could not be compared with reality, trying again: ${errorMessage(error)}`);
      },
    });
  }

  onApplicationBootstrap(): void {
    if (this.intervalMs > 0) this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async check(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - this.intervalMs);
    for (const organizationId of await this.clusters.listUnchecked(before, AT_ONCE)) {
      try {
        await this.runs.requestDriftCheck(organizationId);
      } catch (error) {
        // Another run came in between, or has destroyed it; that cluster's turn comes again.
        if (!(error instanceof RunBusyError || error instanceof ClusterAbsentError)) throw error;
      }
    }
  }
}
