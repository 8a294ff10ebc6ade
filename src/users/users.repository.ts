import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows, type SqlRunner } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';
import { type User } from './users.types.js';

export interface UserWithHash extends User {
  passwordHash: string;
}

export type UserDraft = Omit<User, 'id' | 'createdAt' | 'isActive' | 'permissions'> & { passwordHash: string };

const COLUMNS = `
  u.id, u.username, u.email, u.first_name AS "firstName", u.last_name AS "lastName", u.is_active AS "isActive",
  u.is_staff AS "isStaff", u.is_superuser AS "isSuperuser", u.created_at AS "createdAt",
  ARRAY(SELECT g.name FROM user_groups ug JOIN groups g ON g.id = ug.group_id WHERE ug.user_id = u.id ORDER BY g.name) AS groups,
  ARRAY(SELECT DISTINCT gp.permission FROM user_groups ug JOIN group_permissions gp ON gp.group_id = ug.group_id
    WHERE ug.user_id = u.id ORDER BY gp.permission) AS permissions`;

@Injectable()
export class UsersRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(id: number, runner: SqlRunner = this.dataSource): Promise<User | null> {
    return firstRow(runner, `SELECT ${COLUMNS} FROM users u WHERE u.id = $1`, [id]);
  }

  /** Letter case does not matter. */
  findByUsername(username: string): Promise<UserWithHash | null> {
    const sql = `SELECT ${COLUMNS}, u.password_hash AS "passwordHash" FROM users u WHERE lower(u.username) = lower($1)`;
    return firstRow(this.dataSource, sql, [username]);
  }

  list(limit: number, afterId: number): Promise<User[]> {
    return rows(this.dataSource, `SELECT ${COLUMNS} FROM users u WHERE u.id > $2 ORDER BY u.id LIMIT $1`, [
      limit,
      afterId,
    ]);
  }

  async insert(tx: Transaction, draft: UserDraft): Promise<number> {
    const inserted = await firstRow<{ id: number }>(
      tx,
      `INSERT INTO users (username, email, first_name, last_name, password_hash, is_staff, is_superuser)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
      [
        draft.username,
        draft.email,
        draft.firstName,
        draft.lastName,
        draft.passwordHash,
        draft.isStaff,
        draft.isSuperuser,
      ],
    );
    if (!inserted) throw new Error('INSERT INTO users returned no row');
    return inserted.id;
  }

  /** Puts the user into the named groups; the names that do not exist. */
  async addToGroups(tx: Transaction, userId: number, groups: string[]): Promise<string[]> {
    const added = await rows<{ name: string }>(
      tx,
      `WITH chosen AS (SELECT id, name FROM groups WHERE name = ANY ($2::text[])),
       added AS (INSERT INTO user_groups (user_id, group_id) SELECT $1, id FROM chosen)
       SELECT name FROM chosen`,
      [userId, groups],
    );
    const known = new Set(added.map(({ name }) => name));
    return groups.filter((group) => !known.has(group));
  }

  async savePasswordHash(userId: number, passwordHash: string, now: Date): Promise<void> {
    await this.dataSource.query('UPDATE users SET password_hash = $2, updated_at = $3 WHERE id = $1', [
      userId,
      passwordHash,
      now,
    ]);
  }

  async saveLogin(userId: number, now: Date): Promise<void> {
    await this.dataSource.query('UPDATE users SET last_login_at = $2 WHERE id = $1', [userId, now]);
  }
}
