import { Injectable } from '@nestjs/common';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { AuditRepository } from './audit.repository.js';
import { type AuditRecord } from './audit.types.js';

/** Reads what `AuditLog` wrote. Nothing changes or deletes it. */
@Injectable()
export class AuditService {
  constructor(private readonly events: AuditRepository) {}

  list(query: ListQuery): Promise<Page<AuditRecord>> {
    return this.events.list(query);
  }
}
