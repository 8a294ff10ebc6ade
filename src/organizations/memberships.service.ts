import { Injectable } from '@nestjs/common';
import { type Actor, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { AuditLog } from '../database/audit-log.js';
import { violatedUniqueConstraint } from '../database/sql.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { MembershipsRepository } from './memberships.repository.js';
import { AlreadyMemberError, MembershipNotFoundError } from './organizations.errors.js';
import {
  type MemberAccess,
  type Membership,
  type MembershipRole,
  type MembershipStatus,
} from './organizations.types.js';

/** Who belongs to an organization, and in which role. */
@Injectable()
export class MembershipsService {
  constructor(
    private readonly memberships: MembershipsRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** What the user is in the organization of exactly this name. One statement: it is asked all the time. */
  findAccess(organizationName: string, userId: number): Promise<MemberAccess> {
    // No name holds a NUL, and Postgres refuses to compare with one.
    return this.memberships.findAccess(organizationName.replaceAll('\0', '\uFFFD'), userId);
  }

  /** What the user is, somewhere: the roles of the active memberships in all organizations. */
  activeRoles(userId: number): Promise<MembershipRole[]> {
    return this.memberships.activeRoles(userId);
  }

  list(organizationId: string): Promise<Membership[]> {
    return this.memberships.list(organizationId);
  }

  async add(
    organizationId: string,
    user: { id: number; username: string },
    membership: { role: MembershipRole; status: MembershipStatus },
    actor: Actor,
  ): Promise<Membership> {
    try {
      return await this.transactions.run(async (tx) => {
        const id = await this.memberships.insert(
          tx,
          organizationId,
          user.id,
          membership.role,
          membership.status,
          this.clock.now(),
        );
        return this.recorded(tx, organizationId, id, 'membership.created', actor);
      });
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'uq_memberships_organization_user')
        throw new AlreadyMemberError(user.username);
      throw error;
    }
  }

  /** Changes role or status; what is not given stays. */
  update(
    organizationId: string,
    membershipId: string,
    change: { role?: MembershipRole | undefined; status?: MembershipStatus | undefined },
    actor: Actor,
  ): Promise<Membership> {
    return this.transactions.run(async (tx) => {
      const before = await this.memberships.find(organizationId, membershipId, tx);
      if (!before) throw new MembershipNotFoundError(membershipId);
      const next = { role: change.role ?? before.role, status: change.status ?? before.status };
      await this.memberships.update(tx, before, next, this.clock.now());
      return this.recorded(tx, organizationId, membershipId, 'membership.updated', actor);
    });
  }

  private async recorded(
    tx: Transaction,
    organizationId: string,
    id: string,
    action: string,
    actor: Actor,
  ): Promise<Membership> {
    const stored = await this.memberships.find(organizationId, id, tx);
    if (!stored) throw new MembershipNotFoundError(id);
    const { userId, username, role, status } = stored;
    const details = { userId, username, role, status };
    await this.audit.record(tx, { organizationId, actor: actorLabel(actor), action, subjectId: id, details });
    return stored;
  }
}
