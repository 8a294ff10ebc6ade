import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { AppConfig } from '../config/app-config.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { type Organization } from '../organizations/organizations.types.js';
import { ProvisioningService } from '../provisioning/provisioning.service.js';
import { type Run } from '../provisioning/provisioning.types.js';
import { SettingsService } from '../settings/settings.service.js';
import { decide, type Decision } from './cluster-decision.js';
import { observe } from './cluster-observation.js';
import { type ClusterObservation, ClustersRepository } from './clusters.repository.js';

const ACTOR = 'system:reconciler';

/** Brings one cluster a step nearer to what it should be. Idempotent; called whenever something may have changed. */
@Injectable()
export class ClusterReconcilerService {
  private readonly logger = new Logger(ClusterReconcilerService.name);

  constructor(
    private readonly clusters: ClustersRepository,
    private readonly organizations: OrganizationsService,
    private readonly provisioning: ProvisioningService,
    private readonly transactions: Transactions,
    private readonly settings: SettingsService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Learns from finished runs, then queues or drops a run if that is what the cluster needs now. */
  async reconcile(organizationId: string): Promise<Decision> {
    const decision = await this.transactions.run(async (tx) => {
      const before = await this.clusters.lock(tx, organizationId);
      const { active, queued, unobserved } = await this.provisioning.open(tx, organizationId);
      const cluster = { ...before, ...(await this.learnFrom(tx, organizationId, before, unobserved)) };
      const organization = await this.policy(tx, organizationId, cluster.isDeployed);
      const cleanupSeconds = this.config.env.PS_CLUSTER_CLEANUP_SECONDS;
      const next = decide({ organization, cluster, active, queued, now: this.clock.now(), cleanupSeconds });
      await this.carryOut(tx, organizationId, next);
      return next;
    });
    if (decision.action === 'enqueue' || decision.action === 'drop_queued') this.provisioning.announce(organizationId);
    return decision;
  }

  /**
   * The installation's switch suspends every organization without touching its own one. So does a cluster that is
   * deployed and has no state here, because it was imported: a run would build a second one beside it.
   */
  private async policy(tx: Transaction, organizationId: string, isDeployed: boolean): Promise<Organization> {
    const organization = await this.organizations.get(organizationId, tx);
    const isDisabled = await this.settings.get('provisioningDisabled', tx);
    const isUnknown = isDeployed && !(await this.provisioning.hasState(tx, organizationId));
    const provisioningSuspended = organization.provisioningSuspended || isDisabled || isUnknown;
    return { ...organization, provisioningSuspended };
  }

  private async learnFrom(
    tx: Transaction,
    organizationId: string,
    before: ClusterObservation,
    finished: Run[],
  ): Promise<ClusterObservation> {
    let seen = before;
    for (const run of finished) {
      const now = this.clock.now();
      seen = observe(seen, run, this.config.env.PS_RECONCILE_RETRY_SECONDS, now);
      await this.clusters.saveObservation(tx, organizationId, seen, now);
      await this.provisioning.markObserved(tx, run);
      if (run.failure)
        this.logger.warn(`Run ${run.id} of organization ${organizationId} failed: ${run.failure.message}`);
    }
    return seen;
  }

  private async carryOut(tx: Transaction, organizationId: string, decision: Decision): Promise<void> {
    if (decision.action === 'drop_queued') {
      await this.provisioning.supersedeQueued(tx, organizationId, ACTOR, decision.reason);
    }
    if (decision.action !== 'enqueue') return;
    const { goal, trigger } = decision;
    const { kind, inputs } = goal;
    await this.provisioning.enqueue(tx, { organizationId, kind, inputs, trigger, requestedBy: ACTOR });
  }
}
