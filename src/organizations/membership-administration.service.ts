import { Injectable } from '@nestjs/common';
import { type Author } from '../common/access/actor.js';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { MembershipAdministrationRepository } from './memberships/membership-administration.repository.js';
import { MembershipsService } from './memberships.service.js';
import { UnknownMembershipError } from './organizations.errors.js';
import { type AdministeredMembership, type MembershipChange } from './organizations.types.js';

/** Memberships of all organizations, for those who look after the installation. Rules are those of MembershipsService. */
@Injectable()
export class MembershipAdministrationService {
  constructor(
    private readonly listings: MembershipAdministrationRepository,
    private readonly memberships: MembershipsService,
  ) {}

  list(query: ListQuery): Promise<Page<AdministeredMembership>> {
    return this.listings.list(query);
  }

  async get(id: string): Promise<AdministeredMembership> {
    const membership = await this.listings.find(id);
    if (!membership) throw new UnknownMembershipError(id);
    return membership;
  }

  /** Throws LastOwnerError. */
  async update(change: MembershipChange, author: Author): Promise<AdministeredMembership> {
    const { organizationId } = await this.get(change.id);
    await this.memberships.update(organizationId, change, author);
    return this.get(change.id);
  }

  /** The membership as it was. Throws LastOwnerError. */
  async remove(id: string, author: Author): Promise<AdministeredMembership> {
    const { organizationId, organizationName } = await this.get(id);
    return { ...(await this.memberships.remove(organizationId, id, author)), organizationName };
  }
}
