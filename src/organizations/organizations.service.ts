import { Injectable } from '@nestjs/common';
import { type Actor, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { newId } from '../common/ids/ids.js';
import { AuditLog } from '../database/audit-log.js';
import { Notifier } from '../database/notifier.js';
import { violatedUniqueConstraint } from '../database/sql.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { MembershipsRepository } from './memberships.repository.js';
import { InvalidLimitsError, OrganizationNameTakenError, OrganizationNotFoundError } from './organizations.errors.js';
import { OrganizationsRepository } from './organizations.repository.js';
import {
  DEFAULT_SETTINGS,
  type NewOrganization,
  type Organization,
  type OrganizationSettings,
} from './organizations.types.js';

/** Organizations and their policy. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly organizations: OrganizationsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
  ) {}

  /** Creates the organization with its owner, and every active member of the staff as a member. The name's form is checked before. */
  async create(input: NewOrganization, actor: Actor): Promise<Organization> {
    const settings = { ...DEFAULT_SETTINGS, ...input.settings };
    assertLimits(settings);
    const id = newId();
    try {
      await this.transactions.run((tx) => this.store(tx, id, input, settings, actor));
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'uq_organizations_name') throw new OrganizationNameTakenError(input.name);
      throw error;
    }
    this.notifier.publish('ps_capacity', id);
    return this.get(id);
  }

  /** Throws OrganizationNotFoundError. */
  async get(id: string, tx?: Transaction): Promise<Organization> {
    const organization = await this.organizations.find(id, tx);
    if (!organization) throw new OrganizationNotFoundError(id);
    return organization;
  }

  /** Exact, letter case matters. */
  findByName(name: string): Promise<Organization | null> {
    return this.organizations.findByName(name);
  }

  list(): Promise<Organization[]> {
    return this.organizations.list();
  }

  /** Changes the given settings only; the cluster follows. */
  async update(id: string, change: Partial<OrganizationSettings>, actor: Actor): Promise<Organization> {
    const updated = await this.transactions.run(async (tx) => {
      const settings = { ...(await this.get(id, tx)), ...change };
      assertLimits(settings);
      await this.organizations.update(tx, id, settings, this.clock.now());
      const event = {
        organizationId: id,
        actor: actorLabel(actor),
        action: 'organization.updated',
        subjectId: id,
        details: change,
      };
      await this.audit.record(tx, event);
      return this.get(id, tx);
    });
    this.notifier.publish('ps_capacity', id);
    return updated;
  }

  private async store(
    tx: Transaction,
    id: string,
    input: NewOrganization,
    settings: OrganizationSettings,
    actor: Actor,
  ): Promise<void> {
    const now = this.clock.now();
    await this.organizations.insert(tx, id, input.name, settings, now);
    await this.memberships.insert(tx, id, input.ownerId, 'owner', 'active', now);
    await this.memberships.addStaff(tx, id, now);
    const details = { name: input.name, ownerId: input.ownerId, ...settings };
    await this.audit.record(tx, {
      organizationId: id,
      actor: actorLabel(actor),
      action: 'organization.created',
      subjectId: id,
      details,
    });
  }
}

/** An owner's maximum may not exceed what administrators allow, and a cluster must be able to reach its minimum. */
function assertLimits({ minNodes, maxNodes, adminMaxNodes }: OrganizationSettings): void {
  if (maxNodes > adminMaxNodes)
    throw new InvalidLimitsError(`maxNodes (${maxNodes}) must not exceed adminMaxNodes (${adminMaxNodes}).`);
  if (minNodes > maxNodes)
    throw new InvalidLimitsError(`minNodes (${minNodes}) must not exceed maxNodes (${maxNodes}).`);
}
