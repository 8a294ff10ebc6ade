import { Injectable } from '@nestjs/common';
import { type Author } from '../common/access/actor.js';
import { newId } from '../common/ids/ids.js';
import { Notifier } from '../database/notifier.js';
import { violatedUniqueConstraint } from '../database/sql.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { LedgerRepository } from './accounts/ledger.repository.js';
import { OrganizationWriter } from './accounts/organization-writer.js';
import { OrganizationsRepository } from './accounts/organizations.repository.js';
import { OrganizationNameTakenError, OrganizationNotFoundError, OwnerInactiveError } from './organizations.errors.js';
import {
  type BrowsedOrganization,
  type BrowseQuery,
  type NewOrganization,
  type Organization,
  type SettingsChange,
} from './organizations.types.js';

/** Organizations, their policy and their balance. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly organizations: OrganizationsRepository,
    private readonly ledger: LedgerRepository,
    private readonly writer: OrganizationWriter,
    private readonly transactions: Transactions,
    private readonly notifier: Notifier,
  ) {}

  /** Creates the organization with its owner, and every active member of the staff as a member. The name's form is checked before. */
  async create(input: NewOrganization, author: Author): Promise<Organization> {
    if (!input.owner.isActive) throw new OwnerInactiveError(input.owner.username);
    const id = newId();
    try {
      await this.transactions.run((tx) => this.writer.create(tx, id, input, author));
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
  apply(tx: Transaction, id: string, change: SettingsChange, author: Author): Promise<Organization> {
    return this.writer.change(tx, id, change, author);
  }

  /** Deletes the organization and all that is its own. The caller makes sure that no cluster is left behind. */
  async remove(tx: Transaction, id: string, author: Author): Promise<void> {
    await this.writer.delete(tx, await this.get(id, tx), author);
  }

  /** Tells the worker that the size of the organization's cluster may have to change. */
  announce(id: string): void {
    this.notifier.publish('ps_capacity', id);
  }
}
