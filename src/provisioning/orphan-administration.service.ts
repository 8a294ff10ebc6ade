import { Injectable } from '@nestjs/common';
import { type Author, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { AuditLog } from '../database/audit-log.js';
import { Transactions } from '../database/transaction.js';
import { OrphansRepository } from './orphans/orphans.repository.js';
import { OrphanNotFoundError, OrphanNotOpenError } from './provisioning.errors.js';
import { type RecordedOrphan } from './provisioning.types.js';

/** What exists at AWS and is in no state, for those who look after the installation. */
@Injectable()
export class OrphanAdministrationService {
  constructor(
    private readonly orphans: OrphansRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  list(query: ListQuery): Promise<Page<RecordedOrphan>> {
    return this.orphans.list(query);
  }

  /**
   * Says that somebody has looked and that it may stay: it is not reported any more, and never touched. Throws
   * {@link OrphanNotFoundError}, {@link OrphanNotOpenError}.
   */
  async forget(id: string, author: Author): Promise<RecordedOrphan> {
    return this.transactions.run(async (tx) => {
      const orphan = await this.orphans.find(id, tx);
      if (!orphan) throw new OrphanNotFoundError(id);
      const actor = actorLabel(author);
      if (!(await this.orphans.forget(tx, id, actor, this.clock.now()))) throw new OrphanNotOpenError(orphan);
      const { organizationId, resourceType, resourceId, name } = orphan;
      const details = { resourceType, resourceId, name };
      await this.audit.record(tx, { organizationId, actor, action: 'orphan.forgotten', subjectId: id, details });
      return { ...orphan, forgottenAt: this.clock.now(), forgottenBy: actor };
    });
  }
}
