import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { type Listing, listPage } from '../database/listing.js';
import { type AuditRecord } from './audit.types.js';

const EVENTS: Listing = {
  columns: `e.id, e.occurred_at AS "occurredAt", e.organization_id AS "organizationId", o.name AS "organizationName",
    e.actor, e.action, e.subject_id AS "subjectId", e.details`,
  source: 'audit_events e LEFT JOIN organizations o ON o.id = e.organization_id',
  key: { sql: 'e.id', type: 'bigint' },
  sorts: { id: { sql: 'e.id', type: 'bigint' } },
  filters: {
    organizationId: 'e.organization_id = $::uuid',
    actor: 'e.actor = $::text',
    action: 'e.action = $::text',
    subjectId: 'e.subject_id = $::text',
    since: 'e.occurred_at >= $::timestamptz',
    until: 'e.occurred_at < $::timestamptz',
  },
  search: ['e.actor', 'e.action', 'e.subject_id', 'e.details::text'],
};

@Injectable()
export class AuditRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<AuditRecord>> {
    return listPage(this.dataSource, EVENTS, query);
  }
}
