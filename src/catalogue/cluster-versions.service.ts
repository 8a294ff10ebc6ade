import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { type Transaction } from '../database/transaction.js';
import { ClusterVersionUnavailableError, NodeConfigurationUnavailableError } from './catalogue.errors.js';
import { type ClusterChoice, type OfferedVersion } from './catalogue.types.js';
import { ClusterVersionsRepository } from './versions/cluster-versions.repository.js';
import { byRelease } from './versions/release-order.js';

/** What organizations may choose from. */
@Injectable()
export class ClusterVersionsService {
  constructor(
    private readonly versions: ClusterVersionsRepository,
    private readonly clock: Clock,
  ) {}

  /** What the organization may choose, newest first; null is an organization that does not exist yet. */
  async listOffered(organizationId: string | null, tx?: Transaction): Promise<OfferedVersion[]> {
    const offered = await this.versions.listOffered(organizationId, tx);
    return offered.sort((one, other) => byRelease(one.name, other.name));
  }

  /**
   * Makes sure that the organization may have what it chooses, and that it still exists when the transaction ends. What
   * it has already it may keep, also a version that is not offered any more. Throws ClusterVersionUnavailableError,
   * NodeConfigurationUnavailableError.
   */
  async assertAvailable(
    tx: Transaction,
    organizationId: string | null,
    before: ClusterChoice | null,
    { clusterVersion, nodeConfiguration }: ClusterChoice,
  ): Promise<void> {
    const isSameVersion = before?.clusterVersion === clusterVersion;
    if (isSameVersion && before.nodeConfiguration === nodeConfiguration) return;
    const isKnown = await this.versions.keep(tx, clusterVersion);
    if (!isSameVersion) {
      const offered = (await this.listOffered(organizationId, tx)).map(({ name }) => name);
      if (!offered.includes(clusterVersion)) throw new ClusterVersionUnavailableError(clusterVersion, isKnown, offered);
    }
    if (nodeConfiguration === null) return;
    const { nodeConfigurations = [] } = (await this.versions.find(clusterVersion, tx)) ?? {};
    if (!nodeConfigurations.includes(nodeConfiguration))
      throw new NodeConfigurationUnavailableError(clusterVersion, nodeConfiguration, nodeConfigurations);
  }

  /**
   * Makes the catalogue know what organizations come with that are taken over from elsewhere. A version that is new to it
   * is offered to nobody else until an administrator says so. Returns the names of those.
   */
  ensureKnown(tx: Transaction, choices: readonly ClusterChoice[]): Promise<string[]> {
    const description = 'came with an imported organization';
    return this.versions.insertMissing(tx, choices, description, this.clock.now());
  }
}
