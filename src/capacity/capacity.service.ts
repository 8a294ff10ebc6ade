import { Injectable } from '@nestjs/common';
import { type Actor, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { newId } from '../common/ids/ids.js';
import { AuditLog } from '../database/audit-log.js';
import { Notifier } from '../database/notifier.js';
import { violatedForeignKey } from '../database/sql.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { OrganizationNotFoundError } from '../organizations/organizations.errors.js';
import { CapacityRequestNotFoundError, MAX_REQUESTED_NODES, NodeCountOutOfRangeError } from './capacity.errors.js';
import { CapacityRepository } from './capacity.repository.js';
import { type AcceptedCapacityRequest, type CapacityOutlook, type CapacityRequest } from './capacity.types.js';
import { pending } from './desired-nodes.js';

export interface NewCapacityRequest {
  organizationId: string;
  userId: number;
  /** Any count from 0 on; the organization's limits apply when the cluster is sized, not here. */
  nodeCount: number;
  /** Cut to whole seconds. */
  expiresAt: Date;
}

/** Members' requests for nodes. Whatever changes here, the worker is told and sizes the cluster anew. */
@Injectable()
export class CapacityService {
  constructor(
    private readonly requests: CapacityRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
  ) {}

  /** Stores a request; asking twice for the same count until the same second is one request. */
  async request(input: NewCapacityRequest): Promise<AcceptedCapacityRequest> {
    if (!Number.isInteger(input.nodeCount) || input.nodeCount < 0 || input.nodeCount > MAX_REQUESTED_NODES) {
      throw new NodeCountOutOfRangeError(input.nodeCount);
    }
    const draft = { ...input, expiresAt: wholeSeconds(input.expiresAt), id: newId(), createdAt: this.clock.now() };
    const accepted = await this.store(draft);
    this.notifier.publish('ps_capacity', input.organizationId);
    return accepted;
  }

  outlook(organizationId: string): Promise<CapacityOutlook> {
    return this.requests.outlook(organizationId);
  }

  /** The caller's live requests, largest first. */
  async listOwn(organizationId: string, userId: number): Promise<CapacityRequest[]> {
    return (await this.requests.listLive(organizationId)).filter((request) => request.userId === userId);
  }

  /** Ends all of the user's live requests, or the one given; the number ended. */
  async release(organizationId: string, userId: number, requestId?: string): Promise<number> {
    const own = await this.listOwn(organizationId, userId);
    const chosen = own.filter(({ id }) => requestId === undefined || id === requestId);
    if (requestId !== undefined && chosen.length === 0) throw new CapacityRequestNotFoundError(requestId);
    return this.end(organizationId, userId, chosen, 'released');
  }

  /** Ends the user's live requests below their largest; those that size the cluster stay (contract section 1.5). */
  async removePending(organizationId: string, userId: number): Promise<number> {
    return this.end(organizationId, userId, pending(await this.listOwn(organizationId, userId)), 'removed');
  }

  /** As {@link removePending}, of all users. */
  async removeAllPending(organizationId: string, actor: Actor): Promise<number> {
    const ended = await this.transactions.run(async (tx) => {
      const ids = pending(await this.requests.listLive(organizationId, tx)).map(({ id }) => id);
      const removed = await this.requests.endAll(tx, organizationId, ids, 'removed', this.clock.now());
      await this.audit.record(tx, {
        organizationId,
        actor: actorLabel(actor),
        action: 'capacity_requests.removed',
        subjectId: organizationId,
        details: { requestIds: removed },
      });
      return removed.length;
    });
    this.notifier.publish('ps_capacity', organizationId);
    return ended;
  }

  /**
   * Ends every live request of somebody who leaves. The organizations that had one; the caller publishes `ps_capacity`
   * for them after its commit.
   */
  releaseEverywhere(tx: Transaction, userId: number): Promise<string[]> {
    return this.requests.endAllOf(tx, userId, this.clock.now());
  }

  /** Has the clusters sized anew that somebody asks nodes for whose rights have changed. */
  async reconsider(userId: number): Promise<void> {
    const organizationIds = await this.requests.listOrganizationsAskedBy(userId);
    for (const organizationId of organizationIds) this.notifier.publish('ps_capacity', organizationId);
  }

  private async store(draft: CapacityRequest): Promise<AcceptedCapacityRequest> {
    const stored = await this.insert(draft);
    if (stored) return { request: stored, isNew: true };
    const twin = await this.requests.findLiveTwin(draft);
    // The twin ended between the two statements: now there is room for this one.
    return twin ? { request: twin, isNew: false } : this.store(draft);
  }

  private async insert(draft: CapacityRequest): Promise<CapacityRequest | null> {
    try {
      return await this.requests.insert(draft);
    } catch (error) {
      // The organization was deleted between the access check and here.
      if (violatedForeignKey(error) === 'fk_capacity_requests_organization')
        throw new OrganizationNotFoundError(draft.organizationId);
      throw error;
    }
  }

  private async end(
    organizationId: string,
    userId: number,
    requests: CapacityRequest[],
    reason: 'released' | 'removed',
  ): Promise<number> {
    const ids = requests.map(({ id }) => id);
    const ended =
      ids.length === 0 ? [] : await this.requests.end(organizationId, userId, ids, reason, this.clock.now());
    this.notifier.publish('ps_capacity', organizationId);
    return ended.length;
  }
}

function wholeSeconds(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1000) * 1000);
}
