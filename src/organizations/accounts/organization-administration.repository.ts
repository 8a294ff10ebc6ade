import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ListQuery, type Page } from '../../common/paging/page.js';
import { findListed, type Listing, listPage } from '../../database/listing.js';
import { type AdministeredOrganization } from '../organizations.types.js';
import { ORGANIZATION_COLUMNS } from './organizations.repository.js';

const ORGANIZATIONS: Listing = {
  columns: `${ORGANIZATION_COLUMNS},
    (SELECT count(*) FROM memberships m WHERE m.organization_id = o.id AND m.status = 'active')::integer AS "activeMembers",
    (SELECT COALESCE(sum(l.amount), 0) FROM ledger_entries l WHERE l.organization_id = o.id)::numeric(20,4)::text AS balance`,
  source: 'organizations o',
  key: { sql: 'o.id', type: 'uuid' },
  sorts: {
    name: { sql: 'lower(o.name)', type: 'text' },
    createdAt: { sql: 'o.created_at', type: 'timestamptz' },
    updatedAt: { sql: 'o.updated_at', type: 'timestamptz' },
  },
  filters: {
    target: 'o.target = $::text',
    isPublic: 'o.is_public = $::boolean',
    provisioningSuspended: 'o.provisioning_suspended = $::boolean',
  },
  search: ['o.name', 'o.contact_name', "coalesce(o.contact_email, '')"],
};

@Injectable()
export class OrganizationAdministrationRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<AdministeredOrganization>> {
    return listPage(this.dataSource, ORGANIZATIONS, query);
  }

  find(id: string): Promise<AdministeredOrganization | null> {
    return findListed(this.dataSource, ORGANIZATIONS, id);
  }
}
