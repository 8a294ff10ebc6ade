import { Injectable } from '@nestjs/common';
import { type Author, actorLabel } from '../common/access/actor.js';
import { AuditLog } from '../database/audit-log.js';
import { type Transaction } from '../database/transaction.js';
import { MembershipsRepository } from './memberships/memberships.repository.js';
import { LastOwnerError } from './organizations.errors.js';

/** Somebody leaves every organization at once. */
@Injectable()
export class MemberDepartureService {
  constructor(
    private readonly memberships: MembershipsRepository,
    private readonly audit: AuditLog,
  ) {}

  /** Ends all memberships of the user, whatever their status; `author` is whoever does it for the user. Throws LastOwnerError when an organization would have no active owner any more. */
  async leaveAll(
    tx: Transaction,
    { id: userId, username }: { id: number; username: string },
    author?: Author,
  ): Promise<void> {
    await this.memberships.lockOrganizationsOf(tx, userId);
    const owned = await this.memberships.listSoleOwnerships(tx, userId);
    if (owned.length > 0) throw new LastOwnerError(owned);
    for (const { id, organizationId, role, status } of await this.memberships.deleteAllOf(tx, userId)) {
      const event = {
        organizationId,
        actor: actorLabel(author ?? { username }),
        action: 'membership.left',
        subjectId: id,
      };
      const details = { userId, username, role, status, reason: 'account deleted' };
      await this.audit.record(tx, { ...event, details });
    }
  }
}
