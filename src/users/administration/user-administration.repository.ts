import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ListQuery, type Page } from '../../common/paging/page.js';
import { findListed, type Listing, listPage } from '../../database/listing.js';
import { USER_COLUMNS } from '../users.repository.js';
import { type AdministeredUser } from '../users.types.js';

const USERS: Listing = {
  columns: `${USER_COLUMNS}, u.last_login_at AS "lastLoginAt"`,
  source: '(SELECT * FROM users WHERE deleted_at IS NULL) u',
  key: { sql: 'u.id', type: 'integer' },
  sorts: {
    username: { sql: 'lower(u.username)', type: 'text' },
    createdAt: { sql: 'u.created_at', type: 'timestamptz' },
    // Who never logged in comes before everybody who did.
    lastLoginAt: { sql: "coalesce(u.last_login_at, '-infinity'::timestamptz)", type: 'timestamptz' },
  },
  filters: {
    isActive: 'u.is_active = $::boolean',
    isStaff: 'u.is_staff = $::boolean',
    isSuperuser: 'u.is_superuser = $::boolean',
    group: `EXISTS (SELECT 1 FROM user_groups ug JOIN groups g ON g.id = ug.group_id
      WHERE ug.user_id = u.id AND g.name = $::text)`,
  },
  search: ['u.username', 'u.email', "(u.first_name || ' ' || u.last_name)"],
};

@Injectable()
export class UserAdministrationRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<AdministeredUser>> {
    return listPage(this.dataSource, USERS, query);
  }

  find(id: number): Promise<AdministeredUser | null> {
    return findListed(this.dataSource, USERS, id);
  }
}
