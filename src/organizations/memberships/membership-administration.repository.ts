import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ListQuery, type Page } from '../../common/paging/page.js';
import { findListed, type Listing, listPage } from '../../database/listing.js';
import { type AdministeredMembership } from '../organizations.types.js';
import { MEMBERSHIP_COLUMNS } from './memberships.repository.js';

const MEMBERSHIPS: Listing = {
  columns: `${MEMBERSHIP_COLUMNS}, o.name AS "organizationName"`,
  source: 'memberships m JOIN users u ON u.id = m.user_id JOIN organizations o ON o.id = m.organization_id',
  key: { sql: 'm.id', type: 'uuid' },
  sorts: {
    organization: { sql: 'lower(o.name)', type: 'text' },
    username: { sql: 'lower(u.username)', type: 'text' },
    createdAt: { sql: 'm.created_at', type: 'timestamptz' },
  },
  filters: {
    organizationId: 'm.organization_id = $::uuid',
    userId: 'm.user_id = $::integer',
    role: 'm.role = $::text',
    status: 'm.status = $::text',
  },
  search: ['o.name', 'u.username', 'u.email', "(u.first_name || ' ' || u.last_name)"],
};

@Injectable()
export class MembershipAdministrationRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<AdministeredMembership>> {
    return listPage(this.dataSource, MEMBERSHIPS, query);
  }

  find(id: string): Promise<AdministeredMembership | null> {
    return findListed(this.dataSource, MEMBERSHIPS, id);
  }
}
