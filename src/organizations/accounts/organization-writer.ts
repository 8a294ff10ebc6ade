import { Injectable } from '@nestjs/common';
import { ClusterVersionsService } from '../../catalogue/cluster-versions.service.js';
import { type Author, actorLabel } from '../../common/access/actor.js';
import { Clock } from '../../common/clock/clock.js';
import { isZero } from '../../common/money/money.schemas.js';
import { AuditLog } from '../../database/audit-log.js';
import { type Transaction } from '../../database/transaction.js';
import { MembershipsRepository } from '../memberships/memberships.repository.js';
import { OrganizationNotFoundError } from '../organizations.errors.js';
import {
  DEFAULT_SETTINGS,
  type NewOrganization,
  type Organization,
  type SettingsChange,
} from '../organizations.types.js';
import { LedgerRepository } from './ledger.repository.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { assertLimits, differences, withChange } from './settings-rules.js';

/** What happens to an organization's rows, in the caller's transaction: checked, stored, and in the audit log. */
@Injectable()
export class OrganizationWriter {
  constructor(
    private readonly organizations: OrganizationsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly ledger: LedgerRepository,
    private readonly versions: ClusterVersionsService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** With its owner, every active member of the staff as a member, and its opening balance. */
  async create(tx: Transaction, id: string, input: NewOrganization, author: Author): Promise<void> {
    const { name, owner, balance = '0' } = input;
    const adminMaxNodes = input.settings.adminMaxNodes ?? DEFAULT_SETTINGS.adminMaxNodes;
    const maxNodes = Math.min(DEFAULT_SETTINGS.maxNodes, adminMaxNodes);
    const settings = withChange({ ...DEFAULT_SETTINGS, maxNodes }, input.settings);
    assertLimits(settings);
    await this.versions.assertAvailable(tx, null, null, settings);
    const now = this.clock.now();
    await this.organizations.insert(tx, id, name, settings, now);
    await this.memberships.insert(tx, id, owner.id, 'owner', 'active', now);
    await this.memberships.addStaff(tx, id, now);
    if (!isZero(balance)) await this.ledger.insertOpening(tx, id, balance, actorLabel(author), now);
    await this.record(tx, id, 'organization.created', { name, owner: owner.username, balance, ...settings }, author);
  }

  /** The organization as it is then. */
  async change(tx: Transaction, id: string, change: SettingsChange, author: Author): Promise<Organization> {
    const before = await this.organizations.lock(tx, id);
    if (!before) throw new OrganizationNotFoundError(id);
    const settings = withChange(before, change);
    assertLimits(settings);
    await this.versions.assertAvailable(tx, id, before, settings);
    await this.organizations.update(tx, id, settings, this.clock.now());
    // Read again: the database has brought amounts into their form.
    const after = (await this.organizations.find(id, tx)) ?? settings;
    await this.record(tx, id, 'organization.updated', differences(before, after), author);
    return after;
  }

  /** With all that is its own. */
  async delete(tx: Transaction, { id, name }: Organization, author: Author): Promise<void> {
    const details = { name, balance: await this.ledger.balance(id, tx) };
    await this.organizations.delete(tx, id);
    await this.record(tx, id, 'organization.deleted', details, author);
  }

  private record(tx: Transaction, id: string, action: string, details: object, author: Author): Promise<void> {
    const event = { organizationId: id, actor: actorLabel(author), action, subjectId: id, details: { ...details } };
    return this.audit.record(tx, event);
  }
}
