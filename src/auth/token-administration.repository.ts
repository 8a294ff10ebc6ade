import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { findListed, type Listing, listPage } from '../database/listing.js';
import { type AdministeredPersonalToken, type RevokedRefreshToken } from './auth.types.js';

/** Never the hash. */
const PERSONAL_TOKENS: Listing = {
  columns: `t.id, t.user_id AS "userId", u.username, t.name, t.scopes, o.name AS organization,
    t.created_at AS "createdAt", t.expires_at AS "expiresAt", t.last_used_at AS "lastUsedAt", t.revoked_at AS "revokedAt"`,
  source: `personal_access_tokens t JOIN users u ON u.id = t.user_id
    LEFT JOIN organizations o ON o.id = t.organization_id`,
  key: { sql: 't.id', type: 'uuid' },
  sorts: {
    createdAt: { sql: 't.created_at', type: 'timestamptz' },
    expiresAt: { sql: 't.expires_at', type: 'timestamptz' },
    // What was never used comes before everything that was.
    lastUsedAt: { sql: "coalesce(t.last_used_at, '-infinity'::timestamptz)", type: 'timestamptz' },
  },
  filters: {
    userId: 't.user_id = $::integer',
    organizationId: 't.organization_id = $::uuid',
    scope: '$::text = ANY (t.scopes)',
    isRevoked: '(t.revoked_at IS NOT NULL) = $::boolean',
    expiresBefore: 't.expires_at < $::timestamptz',
    expiresAfter: 't.expires_at >= $::timestamptz',
  },
  search: ['t.name', 'u.username'],
};

const REVOKED_TOKENS: Listing = {
  columns: `r.jti AS id, r.user_id AS "userId", u.username, r.reason, r.revoked_at AS "revokedAt",
    r.expires_at AS "expiresAt"`,
  source: 'revoked_tokens r LEFT JOIN users u ON u.id = r.user_id',
  key: { sql: 'r.jti', type: 'text' },
  sorts: {
    revokedAt: { sql: 'r.revoked_at', type: 'timestamptz' },
    expiresAt: { sql: 'r.expires_at', type: 'timestamptz' },
  },
  filters: { userId: 'r.user_id = $::integer', reason: 'r.reason = $::text' },
  search: ['r.jti', "coalesce(u.username, '')"],
};

@Injectable()
export class TokenAdministrationRepository {
  constructor(private readonly dataSource: DataSource) {}

  listPersonal(query: ListQuery): Promise<Page<AdministeredPersonalToken>> {
    return listPage(this.dataSource, PERSONAL_TOKENS, query);
  }

  findPersonal(id: string): Promise<AdministeredPersonalToken | null> {
    return findListed(this.dataSource, PERSONAL_TOKENS, id);
  }

  listRevoked(query: ListQuery): Promise<Page<RevokedRefreshToken>> {
    return listPage(this.dataSource, REVOKED_TOKENS, query);
  }
}
