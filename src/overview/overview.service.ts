import { Injectable } from '@nestjs/common';
import { CapacityService } from '../capacity/capacity.service.js';
import { ClustersService } from '../clusters/clusters.service.js';
import { type Actor, holds } from '../common/access/actor.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { type BrowseQuery } from '../organizations/organizations.types.js';
import { ProvisioningService } from '../provisioning/provisioning.service.js';
import { type OrganizationListing, type OrganizationOverview } from './overview.types.js';

/** Organizations together with what other modules know about them. Only reads; nothing depends on it. */
@Injectable()
export class OverviewService {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly clusters: ClustersService,
    private readonly provisioning: ProvisioningService,
    private readonly capacity: CapacityService,
  ) {}

  async describe(organizationId: string): Promise<OrganizationOverview> {
    const [organization, balance, cluster, capacity, run] = await Promise.all([
      this.organizations.get(organizationId),
      this.organizations.balance(organizationId),
      this.clusters.view(organizationId),
      this.capacity.outlook(organizationId),
      this.provisioning.findUnfinished(organizationId),
    ]);
    return { organization, balance, cluster, capacity, run };
  }

  /** One page of all organizations, by name, and where the next one starts. Clusters are shown to members and administrators. */
  async browse(actor: Actor, query: BrowseQuery): Promise<{ listings: OrganizationListing[]; next: string | null }> {
    const found = await this.organizations.browse(actor.userId, { ...query, limit: query.limit + 1 });
    const page = found.slice(0, query.limit);
    const seesAll = holds(actor, 'organization.view');
    const visible = page.filter(({ membership }) => seesAll || membership?.status === 'active');
    const clusters = await this.clusters.viewAll(visible.map(({ id }) => id));
    return {
      listings: page.map((organization) => ({ ...organization, cluster: clusters.get(organization.id) ?? null })),
      next: found.length > page.length ? (page.at(-1)?.name ?? null) : null,
    };
  }
}
