import { Injectable } from '@nestjs/common';
import { type Author, actorLabel } from '../common/access/actor.js';
import { type Permission, permissionRule } from '../common/access/permissions.js';
import { Clock } from '../common/clock/clock.js';
import { AuditLog } from '../database/audit-log.js';
import { violatedUniqueConstraint } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';
import { MembershipChanges } from './memberships/membership-changes.js';
import { MembershipMails } from './memberships/membership-mails.js';
import { MembershipsRepository } from './memberships/memberships.repository.js';
import { AlreadyMemberError, MembershipNotFoundError } from './organizations.errors.js';
import {
  type MemberAccess,
  type Membership,
  type MembershipChange,
  type MembershipListQuery,
  type MembershipRole,
  type MembershipStatus,
  type Organization,
} from './organizations.types.js';

/** Who belongs to an organization, and in which role, as owners and administrators manage it. */
@Injectable()
export class MembershipsService {
  constructor(
    private readonly memberships: MembershipsRepository,
    private readonly changes: MembershipChanges,
    private readonly mails: MembershipMails,
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

  /** Of these users the ones who hold the permission in the organization neither as members nor as administrators. */
  async listWithoutAccess(
    tx: Transaction,
    organizationId: string,
    userIds: number[],
    permission: Permission,
  ): Promise<number[]> {
    if (userIds.length === 0) return [];
    const { members = [] } = permissionRule(permission);
    return this.memberships.listWithoutAccess(tx, organizationId, userIds, permission, members);
  }

  /** By username. */
  list(organizationId: string, query: MembershipListQuery = {}): Promise<Membership[]> {
    return this.memberships.list(organizationId, query);
  }

  async add(
    organizationId: string,
    user: { id: number; username: string },
    membership: { role: MembershipRole; status: MembershipStatus },
    author: Author,
  ): Promise<Membership> {
    try {
      return await this.changes.run(organizationId, async (tx, organization) => {
        const { role, status } = membership;
        const id = await this.memberships.insert(tx, organizationId, user.id, role, status, this.clock.now());
        const added = await this.get(tx, organizationId, id);
        await this.record(tx, added, 'membership.created', { role, status }, author);
        if (status === 'active') await this.mails.tellActivated(tx, organization, added);
        return added;
      });
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'uq_memberships_organization_user')
        throw new AlreadyMemberError(user.username);
      throw error;
    }
  }

  async update(organizationId: string, change: MembershipChange, author: Author): Promise<Membership> {
    const [updated] = await this.updateAll(organizationId, [change], author);
    if (!updated) throw new MembershipNotFoundError(change.id);
    return updated;
  }

  /**
   * Makes all of the changes, or none when one of them cannot be made. Somebody newly active is a member from now on, and
   * gets a mail.
   */
  updateAll(organizationId: string, changes: MembershipChange[], author: Author): Promise<Membership[]> {
    return this.changes.run(organizationId, async (tx, organization) => {
      const updated: Membership[] = [];
      for (const change of changes) updated.push(await this.updateOne(tx, organization, change, author));
      return updated;
    });
  }

  /** The membership as it was. */
  remove(organizationId: string, membershipId: string, author: Author): Promise<Membership> {
    return this.changes.run(organizationId, async (tx) => {
      const membership = await this.get(tx, organizationId, membershipId);
      await this.memberships.delete(tx, membership);
      const { role, status } = membership;
      await this.record(tx, membership, 'membership.deleted', { role, status }, author);
      return membership;
    });
  }

  private async updateOne(
    tx: Transaction,
    organization: Organization,
    change: MembershipChange,
    author: Author,
  ): Promise<Membership> {
    const { id: organizationId } = organization;
    const membership = await this.get(tx, organizationId, change.id);
    const before = { role: membership.role, status: membership.status };
    const after = { role: change.role ?? before.role, status: change.status ?? before.status };
    if (after.role === before.role && after.status === before.status) return membership;
    await this.memberships.update(tx, membership, after, this.clock.now());
    await this.record(tx, membership, 'membership.updated', { before, after }, author);
    if (before.status !== 'active' && after.status === 'active')
      await this.mails.tellActivated(tx, organization, membership);
    return this.get(tx, organizationId, change.id);
  }

  private async get(tx: Transaction, organizationId: string, membershipId: string): Promise<Membership> {
    const membership = await this.memberships.find(organizationId, membershipId, tx);
    if (!membership) throw new MembershipNotFoundError(membershipId);
    return membership;
  }

  private record(
    tx: Transaction,
    { organizationId, id, userId, username }: Membership,
    action: string,
    details: object,
    author: Author,
  ): Promise<void> {
    const event = { organizationId, actor: actorLabel(author), action, subjectId: id };
    return this.audit.record(tx, { ...event, details: { userId, username, ...details } });
  }
}
