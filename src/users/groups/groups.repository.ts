import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ListQuery, type Page } from '../../common/paging/page.js';
import { findListed, type Listing, listPage } from '../../database/listing.js';
import { firstRow, type SqlRunner } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { type Group } from './groups.types.js';

const GROUPS: Listing = {
  columns: `g.id, g.name,
    ARRAY(SELECT gp.permission FROM group_permissions gp WHERE gp.group_id = g.id ORDER BY gp.permission) AS permissions,
    (SELECT count(*) FROM user_groups ug WHERE ug.group_id = g.id)::integer AS "memberCount"`,
  source: 'groups g',
  key: { sql: 'g.id', type: 'integer' },
  sorts: { name: { sql: 'lower(g.name)', type: 'text' } },
  filters: {
    permission: 'EXISTS (SELECT 1 FROM group_permissions gp WHERE gp.group_id = g.id AND gp.permission = $::text)',
  },
  search: ['g.name'],
};

@Injectable()
export class GroupsRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<Group>> {
    return listPage(this.dataSource, GROUPS, query);
  }

  find(id: number, runner: SqlRunner = this.dataSource): Promise<Group | null> {
    return findListed(runner, GROUPS, id);
  }

  /** As {@link find}; changes of the group and of its members wait until the transaction ends. */
  async lock(tx: Transaction, id: number): Promise<Group | null> {
    await tx.query('SELECT 1 FROM groups WHERE id = $1 FOR UPDATE', [id]);
    return this.find(id, tx);
  }

  async insert(tx: Transaction, name: string): Promise<number> {
    const inserted = await firstRow<{ id: number }>(tx, 'INSERT INTO groups (name) VALUES ($1) RETURNING id', [name]);
    if (!inserted) throw new Error('INSERT INTO groups returned no row');
    return inserted.id;
  }

  async rename(tx: Transaction, id: number, name: string): Promise<void> {
    await tx.query('UPDATE groups SET name = $2 WHERE id = $1', [id, name]);
  }

  async savePermissions(tx: Transaction, id: number, permissions: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM group_permissions WHERE group_id = $1', [id]);
    await tx.query('INSERT INTO group_permissions (group_id, permission) SELECT $1, unnest($2::text[])', [
      id,
      permissions,
    ]);
  }

  /** Its members lose what it gave them. */
  async delete(tx: Transaction, id: number): Promise<void> {
    await tx.query('DELETE FROM groups WHERE id = $1', [id]);
  }
}
