import { Injectable } from '@nestjs/common';
import { type Actor, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { AuditLog } from '../database/audit-log.js';
import { Notifier } from '../database/notifier.js';
import { Transactions } from '../database/transaction.js';
import { ClusterAdministrationRepository } from './cluster-administration.repository.js';
import { ClusterNotFoundError } from './clusters.errors.js';
import { type AdministeredCluster } from './clusters.types.js';

/** Clusters of all organizations, for those who look after the installation. */
@Injectable()
export class ClusterAdministrationService {
  constructor(
    private readonly clusters: ClusterAdministrationRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
  ) {}

  list(query: ListQuery): Promise<Page<AdministeredCluster>> {
    return this.clusters.list(query);
  }

  async get(organizationId: string): Promise<AdministeredCluster> {
    const cluster = await this.clusters.find(organizationId);
    if (!cluster) throw new ClusterNotFoundError(organizationId);
    return cluster;
  }

  /**
   * Tries again what was given up after failures, or held because somebody cancelled it. The reconciler decides whether
   * there is anything to do.
   */
  async retry(organizationId: string, actor: Actor): Promise<AdministeredCluster> {
    await this.transactions.run(async (tx) => {
      const before = await this.clusters.find(organizationId, tx);
      if (!before) throw new ClusterNotFoundError(organizationId);
      await this.clusters.forgetFailures(tx, organizationId, this.clock.now());
      const { isHeld, consecutiveFailures, lastError } = before;
      await this.audit.record(tx, {
        organizationId,
        actor: actorLabel(actor),
        action: 'cluster.retried',
        subjectId: organizationId,
        details: {
          before: { isHeld, consecutiveFailures, lastError },
          after: { isHeld: false, consecutiveFailures: 0 },
        },
      });
    });
    this.notifier.publish('ps_runs', organizationId);
    return this.get(organizationId);
  }
}
