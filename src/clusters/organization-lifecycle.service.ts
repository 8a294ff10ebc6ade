import { Injectable } from '@nestjs/common';
import { type Author, holds, type OrganizationAccess } from '../common/access/actor.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { AdministratorSettingError, OrganizationNotFoundError } from '../organizations/organizations.errors.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import {
  ADMINISTRATOR_SETTINGS,
  type Organization,
  type SettingsChange,
} from '../organizations/organizations.types.js';
import { ProvisioningService } from '../provisioning/provisioning.service.js';
import { ClusterDeployedError, RemainsUnknownError, RunUnfinishedError } from './clusters.errors.js';
import { ClustersService } from './clusters.service.js';

/** Changes and deletes organizations without ever losing sight of a cluster. */
@Injectable()
export class OrganizationLifecycleService {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly clusters: ClustersService,
    private readonly provisioning: ProvisioningService,
    private readonly transactions: Transactions,
  ) {}

  /** Changes what is given, if the author may. Another target is possible only while there is no cluster. */
  async update(
    { organizationId, role }: OrganizationAccess,
    change: SettingsChange,
    author: Author,
  ): Promise<Organization> {
    const isAdministrator = role === 'administrator' && holds(author, 'organizations.manage');
    const forbidden = ADMINISTRATOR_SETTINGS.filter((setting) => change[setting] !== undefined);
    if (forbidden.length > 0 && !isAdministrator) throw new AdministratorSettingError(forbidden);
    return this.updateAny(organizationId, change, author);
  }

  /** As {@link update}, for those who may change every organization and every setting. */
  async updateAny(organizationId: string, change: SettingsChange, author: Author): Promise<Organization> {
    const { target, ...others } = change;
    if (target === undefined) return this.organizations.update(organizationId, others, author);
    const updated = await this.transactions.run(async (tx) => {
      const before = await this.lock(tx, organizationId);
      if (before.target !== target) await this.assertNoCluster(tx, before);
      return this.organizations.apply(tx, organizationId, change, author);
    });
    this.organizations.announce(organizationId);
    return updated;
  }

  /**
   * Deletes the organization with its memberships, requests, runs and states; the audit log stays. Refused while there is
   * a cluster or a run is not over: nothing could take the cluster down afterwards.
   */
  async delete(name: string, author: Author): Promise<Organization> {
    const found = await this.organizations.findByName(name);
    if (!found) throw new OrganizationNotFoundError(name);
    return this.transactions.run(async (tx) => {
      const organization = await this.lock(tx, found.id);
      await this.assertNoCluster(tx, organization);
      await this.organizations.remove(tx, organization.id, author);
      return organization;
    });
  }

  /** Runs are queued under the cluster's lock, so none can appear after it was looked for. */
  private async lock(tx: Transaction, organizationId: string): Promise<Organization> {
    await this.clusters.lock(tx, organizationId);
    return this.organizations.get(organizationId, tx);
  }

  private async assertNoCluster(tx: Transaction, { id, name }: Organization): Promise<void> {
    const { active, queued, unobserved } = await this.provisioning.open(tx, id);
    const unfinished = active ?? queued ?? unobserved[0];
    if (unfinished) throw new RunUnfinishedError(name, unfinished);
    if ((await this.clusters.lock(tx, id)).isDeployed) throw new ClusterDeployedError(name);
    if (await this.provisioning.areRemainsUnknown(tx, id)) throw new RemainsUnknownError(name);
  }
}
