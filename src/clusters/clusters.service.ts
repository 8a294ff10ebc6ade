import { Injectable } from '@nestjs/common';
import { type Transaction } from '../database/transaction.js';
import { ClustersRepository } from './clusters.repository.js';
import { type ClusterView, type ClusterWish } from './clusters.types.js';

@Injectable()
export class ClustersService {
  constructor(private readonly clusters: ClustersRepository) {}

  /** What is known of the organization's cluster. An organization that never had one has one that is not deployed. */
  async view(organizationId: string): Promise<ClusterView> {
    return (await this.clusters.find(organizationId)) ?? neverDeployed(organizationId);
  }

  /** As {@link view}, of several organizations, by id. */
  async viewAll(organizationIds: string[]): Promise<Map<string, ClusterView>> {
    const known = new Map((await this.clusters.findAll(organizationIds)).map((view) => [view.organizationId, view]));
    return new Map(organizationIds.map((id) => [id, known.get(id) ?? neverDeployed(id)]));
  }

  /** Serialises everything that decides about this cluster until the transaction ends. */
  async lock(tx: Transaction, organizationId: string): Promise<ClusterView> {
    return this.clusters.lock(tx, organizationId);
  }

  /** Stores what the cluster should be; the reconciler makes it so. */
  setWish(tx: Transaction, organizationId: string, wish: ClusterWish): Promise<void> {
    return this.clusters.saveWish(tx, organizationId, wish);
  }
}

function neverDeployed(organizationId: string): ClusterView {
  return {
    organizationId,
    desiredNodes: 0,
    isDeployed: false,
    nodeCount: 0,
    address: null,
    clusterVersion: null,
    isPublic: false,
    consecutiveFailures: 0,
    retryNotBefore: null,
    lastError: null,
    drift: null,
    driftCheckedAt: null,
    updatedAt: new Date(0),
  };
}
