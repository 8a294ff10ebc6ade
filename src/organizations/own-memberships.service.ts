import { Injectable } from '@nestjs/common';
import { type Actor, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { AuditLog } from '../database/audit-log.js';
import { type Transaction } from '../database/transaction.js';
import { OrganizationsRepository } from './accounts/organizations.repository.js';
import { MembershipChanges } from './memberships/membership-changes.js';
import { MembershipMails } from './memberships/membership-mails.js';
import { MembershipsRepository } from './memberships/memberships.repository.js';
import { PasscodesRepository } from './memberships/passcodes.repository.js';
import { hashOfPasscode } from './memberships/passcode.js';
import {
  MembershipDeactivatedError,
  MembershipNotFoundError,
  NotAMemberError,
  OrganizationNotFoundError,
  PasscodeRejectedError,
} from './organizations.errors.js';
import { type Membership, type MembershipRole, type Organization, type OwnMembership } from './organizations.types.js';

/** What everybody may do about memberships of their own: ask for one, join by passcode, leave. */
@Injectable()
export class OwnMembershipsService {
  constructor(
    private readonly organizations: OrganizationsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly passcodes: PasscodesRepository,
    private readonly changes: MembershipChanges,
    private readonly mails: MembershipMails,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** By organization. */
  list(userId: number): Promise<OwnMembership[]> {
    return this.memberships.listOfUser(userId);
  }

  /** Asks the owners for a membership, and mails them. Whoever has one already, in whatever status, gets that one and changes nothing. */
  request(organizationName: string, actor: Actor): Promise<OwnMembership> {
    return this.changeOwn(organizationName, actor, async (tx, organization, before) => {
      if (before) return;
      const { id: organizationId } = organization;
      const id = await this.memberships.insert(tx, organizationId, actor.userId, 'member', 'pending', this.clock.now());
      await this.record(tx, organizationId, id, 'membership.requested', {}, actor);
      await this.mails.tellRequested(tx, organization, actor.username);
    });
  }

  /** Ends the caller's membership, or takes back a request for one. What an owner has deactivated stays. */
  async leave(organizationName: string, actor: Actor): Promise<OwnMembership> {
    const { id: organizationId } = await this.organization(organizationName);
    return this.changes.run(organizationId, async (tx, organization) => {
      const membership = await this.memberships.findOfUser(tx, organizationId, actor.userId);
      if (!membership) throw new NotAMemberError(organizationName);
      // Else somebody an owner has shut out could leave and come back with a passcode.
      if (membership.status === 'inactive') throw new MembershipDeactivatedError(organizationName);
      await this.memberships.delete(tx, membership);
      const { id, role, status } = membership;
      await this.record(tx, organizationId, id, 'membership.left', { role, status }, actor);
      return own(membership, organization);
    });
  }

  /** Makes the caller an active member in the passcode's role. Throws PasscodeRejectedError, which never says why. */
  join(organizationName: string, code: string, actor: Actor): Promise<OwnMembership> {
    return this.changeOwn(organizationName, actor, (tx, organization, before) =>
      this.redeem(tx, organization, before, code, actor),
    );
  }

  private async redeem(
    tx: Transaction,
    { id: organizationId, name }: Organization,
    before: Membership | null,
    code: string,
    actor: Actor,
  ): Promise<void> {
    const now = this.clock.now();
    const passcode = await this.passcodes.lockUsable(tx, organizationId, hashOfPasscode(code), now);
    if (!passcode) throw new PasscodeRejectedError();
    if (before?.status === 'inactive') throw new MembershipDeactivatedError(name);
    const role: MembershipRole = before?.status === 'active' && before.role === 'owner' ? 'owner' : passcode.role;
    // Somebody who gains nothing does not use the passcode up.
    if (before?.status === 'active' && before.role === role) return;
    await this.passcodes.countUse(tx, organizationId, passcode.id);
    if (before) await this.memberships.update(tx, before, { role, status: 'active' }, now);
    const id = before?.id ?? (await this.memberships.insert(tx, organizationId, actor.userId, role, 'active', now));
    await this.record(tx, organizationId, id, 'membership.joined', { role, passcodeId: passcode.id }, actor);
  }

  private async changeOwn(
    organizationName: string,
    actor: Actor,
    change: (tx: Transaction, organization: Organization, before: Membership | null) => Promise<void>,
  ): Promise<OwnMembership> {
    const { id: organizationId } = await this.organization(organizationName);
    return this.changes.run(organizationId, async (tx, organization) => {
      await change(tx, organization, await this.memberships.findOfUser(tx, organizationId, actor.userId));
      const membership = await this.memberships.findOfUser(tx, organizationId, actor.userId);
      if (!membership) throw new MembershipNotFoundError(`of user ${actor.userId}`);
      return own(membership, organization);
    });
  }

  private async organization(name: string): Promise<Organization> {
    const organization = await this.organizations.findByName(name);
    if (!organization) throw new OrganizationNotFoundError(name);
    return organization;
  }

  private record(
    tx: Transaction,
    organizationId: string,
    membershipId: string,
    action: string,
    details: object,
    actor: Actor,
  ): Promise<void> {
    const { userId, username } = actor;
    const event = { organizationId, actor: actorLabel(actor), action, subjectId: membershipId };
    return this.audit.record(tx, { ...event, details: { userId, username, ...details } });
  }
}

function own(membership: Membership, { name, isPublic }: Organization): OwnMembership {
  return { ...membership, organizationName: name, isPublic };
}
