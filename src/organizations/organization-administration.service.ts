import { Injectable } from '@nestjs/common';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { OrganizationAdministrationRepository } from './accounts/organization-administration.repository.js';
import { OrganizationNotFoundError } from './organizations.errors.js';
import { type AdministeredOrganization } from './organizations.types.js';

/** All organizations, for those who look after the installation; changes are OrganizationLifecycleService's part. */
@Injectable()
export class OrganizationAdministrationService {
  constructor(private readonly organizations: OrganizationAdministrationRepository) {}

  list(query: ListQuery): Promise<Page<AdministeredOrganization>> {
    return this.organizations.list(query);
  }

  async get(id: string): Promise<AdministeredOrganization> {
    const organization = await this.organizations.find(id);
    if (!organization) throw new OrganizationNotFoundError(id);
    return organization;
  }
}
