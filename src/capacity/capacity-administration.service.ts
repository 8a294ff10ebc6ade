import { Injectable } from '@nestjs/common';
import { type Author, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { newId } from '../common/ids/ids.js';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { AuditLog } from '../database/audit-log.js';
import { Notifier } from '../database/notifier.js';
import { violatedForeignKey, violatedUniqueConstraint } from '../database/sql.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { OrganizationNotFoundError } from '../organizations/organizations.errors.js';
import { CapacityAdministrationRepository } from './capacity-administration.repository.js';
import {
  CapacityRequestEndedError,
  CapacityRequestExistsError,
  UnknownCapacityRequestError,
  UserWithoutAccessError,
} from './capacity.errors.js';
import { CapacityRepository } from './capacity.repository.js';
import { type AdministeredCapacityRequest } from './capacity.types.js';
import { expiryOf, type TimeToLive } from './time-to-live.js';

export interface CapacityForUser {
  organizationId: string;
  user: { id: number; username: string };
  nodeCount: number;
  timeToLive: TimeToLive;
}

/** What is not given stays. */
export interface CapacityChange {
  nodeCount?: number | undefined;
  timeToLive?: TimeToLive | undefined;
}

/** Everybody's requests for nodes, for those who look after the installation. The worker is told of every change. */
@Injectable()
export class CapacityAdministrationService {
  constructor(
    private readonly listings: CapacityAdministrationRepository,
    private readonly requests: CapacityRepository,
    private readonly memberships: MembershipsService,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
  ) {}

  list(query: ListQuery): Promise<Page<AdministeredCapacityRequest>> {
    return this.listings.list(query);
  }

  async get(id: string, tx?: Transaction): Promise<AdministeredCapacityRequest> {
    const request = await this.listings.find(id, tx);
    if (!request) throw new UnknownCapacityRequestError(id);
    return request;
  }

  /**
   * Asks for somebody who may ask there, even where requests may not deploy a cluster. Throws TimeToLiveOutOfRangeError,
   * UserWithoutAccessError, CapacityRequestExistsError, OrganizationNotFoundError.
   */
  create(
    { organizationId, user, nodeCount, timeToLive }: CapacityForUser,
    author: Author,
  ): Promise<AdministeredCapacityRequest> {
    const createdAt = this.clock.now();
    const expiresAt = expiryOf(timeToLive, createdAt);
    const draft = { id: newId(), organizationId, userId: user.id, nodeCount, expiresAt, createdAt };
    return this.run(organizationId, async (tx) => {
      const without = await this.memberships.listWithoutAccess(tx, organizationId, [user.id], 'capacity.use');
      if (without.length > 0) throw new UserWithoutAccessError(user.username);
      if (!(await this.requests.insert(draft, tx))) throw new CapacityRequestExistsError();
      const created = await this.get(draft.id, tx);
      await this.record(tx, created, 'capacity_request.created', { after: shown(created) }, author);
      return created;
    });
  }

  /** Throws CapacityRequestEndedError, TimeToLiveOutOfRangeError, CapacityRequestExistsError. */
  async update(
    id: string,
    { nodeCount, timeToLive }: CapacityChange,
    author: Author,
  ): Promise<AdministeredCapacityRequest> {
    const { organizationId } = await this.get(id);
    return this.run(organizationId, async (tx) => {
      const before = await this.lockLive(tx, id);
      const expiresAt = timeToLive ? expiryOf(timeToLive, this.clock.now()) : before.expiresAt;
      await this.listings.update(tx, id, { nodeCount: nodeCount ?? before.nodeCount, expiresAt });
      const after = await this.get(id, tx);
      const details = { before: shown(before), after: shown(after) };
      await this.record(tx, after, 'capacity_request.updated', details, author);
      return after;
    });
  }

  /** Before its time. Throws CapacityRequestEndedError. */
  async end(id: string, author: Author): Promise<AdministeredCapacityRequest> {
    const { organizationId } = await this.get(id);
    return this.run(organizationId, async (tx) => {
      const before = await this.lockLive(tx, id);
      await this.requests.endAll(tx, organizationId, [id], 'removed', this.clock.now());
      await this.record(tx, before, 'capacity_request.ended', { before: shown(before) }, author);
      return this.get(id, tx);
    });
  }

  private async run<T>(organizationId: string, change: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      const result = await this.transactions.run(change);
      this.notifier.publish('ps_capacity', organizationId);
      return result;
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'uq_capacity_requests_live') throw new CapacityRequestExistsError();
      if (violatedForeignKey(error) === 'fk_capacity_requests_organization')
        throw new OrganizationNotFoundError(organizationId);
      throw error;
    }
  }

  private async lockLive(tx: Transaction, id: string): Promise<AdministeredCapacityRequest> {
    const request = await this.listings.lock(tx, id);
    if (!request) throw new UnknownCapacityRequestError(id);
    if (request.endedAt) throw new CapacityRequestEndedError(id);
    return request;
  }

  private record(
    tx: Transaction,
    { id, organizationId, userId, username }: AdministeredCapacityRequest,
    action: string,
    details: object,
    author: Author,
  ): Promise<void> {
    const event = { organizationId, actor: actorLabel(author), action, subjectId: id };
    return this.audit.record(tx, { ...event, details: { userId, username, ...details } });
  }
}

function shown({ nodeCount, expiresAt }: AdministeredCapacityRequest): { nodeCount: number; expiresAt: string } {
  return { nodeCount, expiresAt: expiresAt.toISOString() };
}
