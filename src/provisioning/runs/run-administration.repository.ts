import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ListQuery, type Page } from '../../common/paging/page.js';
import { findListed, type Listing, listPage } from '../../database/listing.js';
import { type AdministeredRun } from '../provisioning.types.js';
import { RUN_COLUMNS } from './run-columns.js';

const RUNS: Listing = {
  columns: `${RUN_COLUMNS}, o.name AS "organizationName", runs.worker_host AS "workerHost"`,
  source: 'runs JOIN organizations o ON o.id = runs.organization_id',
  key: { sql: 'runs.id', type: 'uuid' },
  sorts: { createdAt: { sql: 'runs.created_at', type: 'timestamptz' } },
  filters: {
    organizationId: 'runs.organization_id = $::uuid',
    status: 'runs.status = $::text',
    kind: 'runs.kind = $::text',
    trigger: 'runs.trigger = $::text',
    isFinished: '(runs.finished_at IS NOT NULL) = $::boolean',
    failureCode: 'runs.failure_code = $::text',
    since: 'runs.created_at >= $::timestamptz',
    until: 'runs.created_at < $::timestamptz',
  },
  search: ['o.name', 'runs.requested_by', "coalesce(runs.failure_message, '')"],
};

@Injectable()
export class RunAdministrationRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<AdministeredRun>> {
    return listPage(this.dataSource, RUNS, query);
  }

  /** Whose run it is is part of the answer, not of the question: administrators see those of everybody. */
  find(runId: string): Promise<AdministeredRun | null> {
    return findListed(this.dataSource, RUNS, runId);
  }
}
