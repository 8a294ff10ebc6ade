import { Injectable } from '@nestjs/common';
import { ClustersService } from '../clusters/clusters.service.js';
import { type OrganizationAccess } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { DeploymentNotAllowedError } from './capacity.errors.js';
import { CapacityService } from './capacity.service.js';
import { type CapacityRequest } from './capacity.types.js';
import { expiryOf, type TimeToLive } from './time-to-live.js';

/** Takes requests for nodes by the rules of the old API's call with a time to live (contract section 1.5). */
@Injectable()
export class CapacityAdmissionService {
  constructor(
    private readonly capacity: CapacityService,
    private readonly organizations: OrganizationsService,
    private readonly clusters: ClustersService,
    private readonly clock: Clock,
  ) {}

  /**
   * The stored request, or the one the user has already for the same count until the same second. Throws
   * TimeToLiveOutOfRangeError, DeploymentNotAllowedError, NodeCountOutOfRangeError.
   */
  async create(
    { organizationId }: OrganizationAccess,
    userId: number,
    nodeCount: number,
    timeToLive: TimeToLive,
  ): Promise<CapacityRequest> {
    const expiresAt = expiryOf(timeToLive, this.clock.now());
    await this.assertMayDeploy(organizationId);
    const { request } = await this.capacity.request({ organizationId, userId, nodeCount, expiresAt });
    return request;
  }

  private async assertMayDeploy(organizationId: string): Promise<void> {
    const { name, allowDeployByToken } = await this.organizations.get(organizationId);
    if (allowDeployByToken) return;
    if (!(await this.clusters.view(organizationId)).isDeployed) throw new DeploymentNotAllowedError(name);
  }
}
