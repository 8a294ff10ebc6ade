import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { ClusterReconcilerService } from '../clusters/cluster-reconciler.service.js';
import { ClustersService } from '../clusters/clusters.service.js';
import { type ClusterWish } from '../clusters/clusters.types.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { type Organization } from '../organizations/organizations.types.js';
import { CapacityRepository } from './capacity.repository.js';
import { type CapacityRequest } from './capacity.types.js';
import { desiredNodes, type NodeDemand } from './desired-nodes.js';

/** Turns an organization's live requests into the size of its cluster. */
@Injectable()
export class CapacitySizer {
  constructor(
    private readonly requests: CapacityRepository,
    private readonly organizations: OrganizationsService,
    private readonly memberships: MembershipsService,
    private readonly clusters: ClustersService,
    private readonly reconciler: ClusterReconcilerService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** Ends what has expired, sizes the cluster by what is left, and has it reconciled. */
  async size(organizationId: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.clusters.lock(tx, organizationId);
      const organization = await this.organizations.get(organizationId, tx);
      await this.requests.endExpired(tx, organizationId, this.clock.now());
      const live = await this.entitled(tx, organizationId, await this.requests.listLive(organizationId, tx));
      await this.clusters.setWish(tx, organizationId, wishOf(organization, live));
    });
    await this.reconciler.reconcile(organizationId);
  }

  /**
   * The requests of those who may still ask; the others end here, however their membership or account came to its end.
   * Found out anew each time, so a request stored at the very moment its user was shut out does not live on.
   */
  private async entitled(tx: Transaction, organizationId: string, live: CapacityRequest[]): Promise<CapacityRequest[]> {
    const users = [...new Set(live.map(({ userId }) => userId))];
    const without = await this.memberships.listWithoutAccess(tx, organizationId, users, 'capacity.use');
    if (without.length > 0) await this.requests.endOfUsers(tx, organizationId, without, this.clock.now());
    return live.filter(({ userId }) => !without.includes(userId));
  }
}

/** A cluster goes away only when nobody asks for anything and the organization wants that. */
export function wishOf(organization: Organization, live: readonly NodeDemand[]): ClusterWish {
  const isIdle = live.length === 0;
  return {
    nodes: desiredNodes(live, organization),
    isRemovalDesired: isIdle && organization.destroyWhenIdle && organization.minNodes === 0,
  };
}
