import { Injectable } from '@nestjs/common';
import { type Author, actorLabel, holds } from '../../common/access/actor.js';
import { isPermission } from '../../common/access/permissions.js';
import { type ListQuery, type Page } from '../../common/paging/page.js';
import { AuditLog } from '../../database/audit-log.js';
import { violatedUniqueConstraint } from '../../database/sql.js';
import { type Transaction, Transactions } from '../../database/transaction.js';
import { DEVELOPER_GROUP } from '../users.types.js';
import {
  DeveloperGroupError,
  GroupBeyondOwnPermissionsError,
  GroupNameTakenError,
  GroupNotFoundError,
} from './groups.errors.js';
import { GroupsRepository } from './groups.repository.js';
import { type Group, type GroupChange, type NewGroup } from './groups.types.js';

/** Groups and what they may do. Who is in one is a matter of the accounts. */
@Injectable()
export class GroupsService {
  constructor(
    private readonly groups: GroupsRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
  ) {}

  list(query: ListQuery): Promise<Page<Group>> {
    return this.groups.list(query);
  }

  async get(id: number, tx?: Transaction): Promise<Group> {
    const group = await this.groups.find(id, tx);
    if (!group) throw new GroupNotFoundError(id);
    return group;
  }

  /** Throws GroupNameTakenError, GroupBeyondOwnPermissionsError. */
  create({ name, permissions }: NewGroup, author: Author): Promise<Group> {
    assertHeld(author, permissions);
    return this.run(name, async (tx) => {
      const id = await this.groups.insert(tx, name);
      await this.groups.savePermissions(tx, id, [...new Set(permissions)]);
      const group = await this.get(id, tx);
      await this.record(tx, group, 'group.created', { after: shown(group) }, author);
      return group;
    });
  }

  /** Counts for its members at once. Throws DeveloperGroupError, GroupNameTakenError, GroupBeyondOwnPermissionsError. */
  update(id: number, change: GroupChange, author: Author): Promise<Group> {
    return this.run(change.name ?? '', async (tx) => {
      const before = await this.lock(tx, id);
      const { name = before.name, permissions = before.permissions } = change;
      if (name !== before.name && before.name === DEVELOPER_GROUP) throw new DeveloperGroupError();
      assertHeld(
        author,
        permissions.filter((permission) => !before.permissions.includes(permission)),
      );
      await this.groups.rename(tx, id, name);
      await this.groups.savePermissions(tx, id, [...new Set(permissions)]);
      const after = await this.get(id, tx);
      await this.record(tx, after, 'group.updated', { before: shown(before), after: shown(after) }, author);
      return after;
    });
  }

  /** The group as it was. Throws DeveloperGroupError. */
  delete(id: number, author: Author): Promise<Group> {
    return this.transactions.run(async (tx) => {
      const group = await this.lock(tx, id);
      if (group.name === DEVELOPER_GROUP) throw new DeveloperGroupError();
      await this.groups.delete(tx, id);
      const before = { ...shown(group), memberCount: group.memberCount };
      await this.record(tx, group, 'group.deleted', { before }, author);
      return group;
    });
  }

  private async lock(tx: Transaction, id: number): Promise<Group> {
    const group = await this.groups.lock(tx, id);
    if (!group) throw new GroupNotFoundError(id);
    return group;
  }

  private async run(name: string, change: (tx: Transaction) => Promise<Group>): Promise<Group> {
    try {
      return await this.transactions.run(change);
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'uq_groups_name') throw new GroupNameTakenError(name);
      throw error;
    }
  }

  private async record(tx: Transaction, { id }: Group, action: string, details: object, author: Author): Promise<void> {
    const event = { organizationId: null, actor: actorLabel(author), action, subjectId: String(id) };
    await this.audit.record(tx, { ...event, details: { ...details } });
  }
}

function assertHeld(author: Author, permissions: readonly string[]): void {
  const missing = permissions.filter((name) => !author.isSuperuser && !(isPermission(name) && holds(author, name)));
  if (missing.length > 0) throw new GroupBeyondOwnPermissionsError(missing);
}

function shown({ name, permissions }: Group): Pick<Group, 'name' | 'permissions'> {
  return { name, permissions };
}
