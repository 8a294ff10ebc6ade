import { Injectable } from '@nestjs/common';
import { type Author, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { newId } from '../common/ids/ids.js';
import { isZero } from '../common/money/money.schemas.js';
import { AuditLog } from '../database/audit-log.js';
import { Notifier } from '../database/notifier.js';
import { violatedUniqueConstraint } from '../database/sql.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { LedgerRepository } from './accounts/ledger.repository.js';
import { OrganizationsRepository } from './accounts/organizations.repository.js';
import { assertLimits, differences, withChange } from './accounts/settings-rules.js';
import { MembershipsRepository } from './memberships/memberships.repository.js';
import { OrganizationNameTakenError, OrganizationNotFoundError, OwnerInactiveError } from './organizations.errors.js';
import {
  type BrowsedOrganization,
  type BrowseQuery,
  DEFAULT_SETTINGS,
  type NewOrganization,
  type Organization,
  type OrganizationSettings,
  type SettingsChange,
} from './organizations.types.js';

/** Organizations, their policy and their balance. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly organizations: OrganizationsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly ledger: LedgerRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
  ) {}

  /** Creates the organization with its owner, and every active member of the staff as a member. The name's form is checked before. */
  async create(input: NewOrganization, author: Author): Promise<Organization> {
    if (!input.owner.isActive) throw new OwnerInactiveError(input.owner.username);
    const adminMaxNodes = input.settings.adminMaxNodes ?? DEFAULT_SETTINGS.adminMaxNodes;
    const maxNodes = Math.min(DEFAULT_SETTINGS.maxNodes, adminMaxNodes);
    const settings = withChange({ ...DEFAULT_SETTINGS, maxNodes }, input.settings);
    assertLimits(settings);
    const id = newId();
    try {
      await this.transactions.run((tx) => this.store(tx, id, input, settings, author));
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'uq_organizations_name') throw new OrganizationNameTakenError(input.name);
      throw error;
    }
    this.announce(id);
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

  /** All organizations as one account sees them, by name. */
  browse(userId: number, query: BrowseQuery): Promise<BrowsedOrganization[]> {
    return this.organizations.browse(userId, query);
  }

  /** Dollars as decimal text: the sum of the organization's ledger. */
  balance(id: string): Promise<string> {
    return this.ledger.balance(id);
  }

  /** Changes the given settings only; the cluster follows. Who may change which is OrganizationLifecycleService's part. */
  async update(id: string, change: Omit<SettingsChange, 'target'>, author: Author): Promise<Organization> {
    const updated = await this.transactions.run((tx) => this.apply(tx, id, change, author));
    this.announce(id);
    return updated;
  }

  /** As {@link update}, in the caller's transaction; the caller sees to the cluster, and announces the change afterwards. */
  async apply(tx: Transaction, id: string, change: SettingsChange, author: Author): Promise<Organization> {
    const before = await this.organizations.lock(tx, id);
    if (!before) throw new OrganizationNotFoundError(id);
    const settings = withChange(before, change);
    assertLimits(settings);
    await this.organizations.update(tx, id, settings, this.clock.now());
    const after = await this.get(id, tx);
    await this.record(tx, id, 'organization.updated', differences(before, after), author);
    return after;
  }

  /** Deletes the organization and all that is its own. The caller makes sure that no cluster is left behind. */
  async remove(tx: Transaction, id: string, author: Author): Promise<void> {
    const { name } = await this.get(id, tx);
    const details = { name, balance: await this.ledger.balance(id, tx) };
    await this.organizations.delete(tx, id);
    await this.record(tx, id, 'organization.deleted', details, author);
  }

  /** Tells the worker that the size of the organization's cluster may have to change. */
  announce(id: string): void {
    this.notifier.publish('ps_capacity', id);
  }

  private async store(
    tx: Transaction,
    id: string,
    { name, owner, balance = '0' }: NewOrganization,
    settings: OrganizationSettings,
    author: Author,
  ): Promise<void> {
    const now = this.clock.now();
    await this.organizations.insert(tx, id, name, settings, now);
    await this.memberships.insert(tx, id, owner.id, 'owner', 'active', now);
    await this.memberships.addStaff(tx, id, now);
    if (!isZero(balance)) await this.ledger.insertOpening(tx, id, balance, actorLabel(author), now);
    await this.record(tx, id, 'organization.created', { name, owner: owner.username, balance, ...settings }, author);
  }

  private record(tx: Transaction, id: string, action: string, details: object, author: Author): Promise<void> {
    const event = { organizationId: id, actor: actorLabel(author), action, subjectId: id, details: { ...details } };
    return this.audit.record(tx, event);
  }
}
