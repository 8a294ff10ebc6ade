import { Injectable } from '@nestjs/common';
import { type PreflightReport } from '../aws/preflight.types.js';
import { OrganizationNotFoundError } from '../organizations/organizations.errors.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { PreflightService } from '../provisioning/preflight.service.js';
import { inputsOf } from './cluster-decision.js';
import { NotForAwsError } from './clusters.errors.js';

/** Whether the service may build an organization's cluster. */
@Injectable()
export class ClusterPreflightService {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly preflight: PreflightService,
  ) {}

  /** Throws {@link OrganizationNotFoundError}, {@link NotForAwsError}, and as {@link PreflightService.check}. */
  async check(name: string): Promise<PreflightReport> {
    const organization = await this.organizations.findByName(name);
    if (!organization) throw new OrganizationNotFoundError(name);
    const inputs = inputsOf(organization, Math.max(organization.minNodes, 1));
    const report = await this.preflight.check(inputs, organization.id);
    if (report === null) throw new NotForAwsError(name, organization.target);
    return report;
  }
}
