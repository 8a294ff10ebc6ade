import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newId } from '../common/ids/ids.js';
import { firstRow, rows, type SqlRunner } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';
import { CREDENTIALS_ENDED_AT, type User } from './users.types.js';

export interface UserWithHash extends User {
  passwordHash: string;
}

export interface UserDraft extends Pick<
  User,
  'username' | 'email' | 'firstName' | 'lastName' | 'isStaff' | 'isSuperuser'
> {
  passwordHash: string;
  /** Whether the address needs no proof, or the account needs one. */
  isEmailVerified: boolean;
}

export const USER_COLUMNS = `
  u.id, u.username, u.email, u.first_name AS "firstName", u.last_name AS "lastName", u.is_active AS "isActive",
  u.is_staff AS "isStaff", u.is_superuser AS "isSuperuser", u.created_at AS "createdAt",
  u.password_changed_at AS "passwordChangedAt", ${CREDENTIALS_ENDED_AT} AS "credentialsEndedAt",
  u.requires_verified_email AND NOT EXISTS (
    SELECT 1 FROM email_addresses e WHERE e.user_id = u.id AND e.verified_at IS NOT NULL) AS "mustVerifyEmail",
  ARRAY(SELECT g.name FROM user_groups ug JOIN groups g ON g.id = ug.group_id WHERE ug.user_id = u.id ORDER BY g.name) AS groups,
  ARRAY(SELECT DISTINCT gp.permission FROM user_groups ug JOIN group_permissions gp ON gp.group_id = ug.group_id
    WHERE ug.user_id = u.id ORDER BY gp.permission) AS permissions`;
const WITH_HASH = `${USER_COLUMNS}, u.password_hash AS "passwordHash"`;

/** Deleted accounts are not found by anything here. */
@Injectable()
export class UsersRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(id: number, runner: SqlRunner = this.dataSource): Promise<User | null> {
    return firstRow(runner, `SELECT ${USER_COLUMNS} FROM users u WHERE u.id = $1 AND u.deleted_at IS NULL`, [id]);
  }

  findWithHash(id: number): Promise<UserWithHash | null> {
    const sql = `SELECT ${WITH_HASH} FROM users u WHERE u.id = $1 AND u.deleted_at IS NULL`;
    return firstRow(this.dataSource, sql, [id]);
  }

  /**
   * Whoever changes an account begins with this, so that changes of one account come one after another. Rows that refer
   * to the account cannot be written meanwhile: a refresh of tokens counts on waiting for a new password.
   */
  async lock(tx: Transaction, id: number): Promise<UserWithHash | null> {
    await tx.query('SELECT 1 FROM users WHERE id = $1 FOR UPDATE', [id]);
    // A second statement, because a locking one reads groups and addresses as they were before the wait.
    return firstRow(tx, `SELECT ${WITH_HASH} FROM users u WHERE u.id = $1 AND u.deleted_at IS NULL`, [id]);
  }

  /** Letter case does not matter. */
  findByUsername(username: string, runner: SqlRunner = this.dataSource): Promise<UserWithHash | null> {
    const sql = `SELECT ${WITH_HASH} FROM users u WHERE lower(u.username) = lower($1) AND u.deleted_at IS NULL`;
    return firstRow(runner, sql, [username]);
  }

  /** By a verified address; letter case does not matter. */
  findByAddress(email: string): Promise<UserWithHash | null> {
    const sql = `SELECT ${WITH_HASH} FROM users u JOIN email_addresses a ON a.user_id = u.id
      WHERE lower(a.email) = lower($1) AND a.verified_at IS NOT NULL AND u.deleted_at IS NULL`;
    return firstRow(this.dataSource, sql, [email]);
  }

  /** The user and its primary address in one statement: neither is ever there without the other. */
  async insert(tx: Transaction, draft: UserDraft, now: Date): Promise<number> {
    const inserted = await firstRow<{ id: number }>(
      tx,
      `WITH inserted AS (
         INSERT INTO users (username, email, first_name, last_name, password_hash, is_staff, is_superuser,
           requires_verified_email, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NOT $8::boolean, $9, $9) RETURNING id),
       address AS (
         INSERT INTO email_addresses (id, user_id, email, is_primary, verified_at, created_at)
         SELECT $10::uuid, id, $2, true, CASE WHEN $8::boolean THEN $9::timestamptz END, $9 FROM inserted)
       SELECT id FROM inserted`,
      [
        draft.username,
        draft.email,
        draft.firstName,
        draft.lastName,
        draft.passwordHash,
        draft.isStaff,
        draft.isSuperuser,
        draft.isEmailVerified,
        now,
        newId(),
      ],
    );
    if (!inserted) throw new Error('INSERT INTO users returned no row');
    return inserted.id;
  }

  /** Puts the user into the named groups; the names that do not exist. */
  async addToGroups(tx: Transaction, userId: number, groups: readonly string[]): Promise<string[]> {
    const added = await rows<{ name: string }>(
      tx,
      `WITH chosen AS (SELECT id, name FROM groups WHERE name = ANY ($2::text[])),
       added AS (INSERT INTO user_groups (user_id, group_id) SELECT $1, id FROM chosen ON CONFLICT DO NOTHING)
       SELECT name FROM chosen`,
      [userId, groups],
    );
    const known = new Set(added.map(({ name }) => name));
    return groups.filter((group) => !known.has(group));
  }

  /** Takes the user out of all groups but these. */
  async keepInGroups(tx: Transaction, userId: number, groups: readonly string[]): Promise<void> {
    await tx.query(
      `DELETE FROM user_groups ug USING groups g
       WHERE g.id = ug.group_id AND ug.user_id = $1 AND NOT g.name = ANY ($2::text[])`,
      [userId, groups],
    );
  }

  async saveStanding(
    tx: Transaction,
    userId: number,
    { isActive, isStaff, isSuperuser }: Pick<User, 'isActive' | 'isStaff' | 'isSuperuser'>,
    now: Date,
  ): Promise<void> {
    const sql = 'UPDATE users SET is_active = $2, is_staff = $3, is_superuser = $4, updated_at = $5 WHERE id = $1';
    await tx.query(sql, [userId, isActive, isStaff, isSuperuser, now]);
  }

  async saveProfile(
    tx: Transaction,
    userId: number,
    profile: Pick<User, 'username' | 'firstName' | 'lastName'>,
    now: Date,
  ): Promise<void> {
    await tx.query('UPDATE users SET username = $2, first_name = $3, last_name = $4, updated_at = $5 WHERE id = $1', [
      userId,
      profile.username,
      profile.firstName,
      profile.lastName,
      now,
    ]);
  }

  /** A new password: what was issued until `now` came of another one. */
  async savePassword(tx: Transaction, userId: number, passwordHash: string, now: Date): Promise<void> {
    await tx.query('UPDATE users SET password_hash = $2, password_changed_at = $3, updated_at = $3 WHERE id = $1', [
      userId,
      passwordHash,
      now,
    ]);
  }

  /** Sessions and refresh tokens that were issued until `now` count no more. */
  async endSessions(tx: Transaction, userId: number, now: Date): Promise<void> {
    await tx.query('UPDATE users SET sessions_ended_at = $2, updated_at = $2 WHERE id = $1', [userId, now]);
  }

  /**
   * Records a login with the password that was checked against `checkedHash`, and stores `passwordHash`, the same
   * password's newer hash or the same one. False when the password was changed meanwhile: then the login fails.
   */
  async saveLogin(userId: number, checkedHash: string, passwordHash: string, now: Date): Promise<boolean> {
    const saved = await firstRow(
      this.dataSource,
      `UPDATE users SET last_login_at = $4, password_hash = $3 WHERE id = $1 AND password_hash = $2 AND is_active
       RETURNING 1`,
      [userId, checkedHash, passwordHash, now],
    );
    return saved !== null;
  }

  /** Locks every active superuser; how many there are. */
  async lockSuperusers(tx: Transaction): Promise<number> {
    const sql = 'SELECT id FROM users WHERE is_superuser AND is_active ORDER BY id FOR UPDATE';
    return (await rows(tx, sql)).length;
  }

  /** Removes everything that tells who the user was. The row stays, for what refers to it by number. */
  async anonymise(tx: Transaction, userId: number, placeholder: string, now: Date): Promise<void> {
    await tx.query(
      `UPDATE users SET username = $2, email = '', first_name = '', last_name = '', password_hash = '!',
         password_changed_at = $3, is_active = false, is_staff = false, is_superuser = false, last_login_at = NULL,
         updated_at = $3, deleted_at = $3
       WHERE id = $1`,
      [userId, placeholder, now],
    );
    await tx.query('DELETE FROM email_addresses WHERE user_id = $1', [userId]);
    await tx.query('DELETE FROM one_time_tokens WHERE user_id = $1', [userId]);
    await tx.query('DELETE FROM social_accounts WHERE user_id = $1', [userId]);
    await tx.query('DELETE FROM user_groups WHERE user_id = $1', [userId]);
  }
}
