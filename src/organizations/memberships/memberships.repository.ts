import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Permission } from '../../common/access/permissions.js';
import { newId } from '../../common/ids/ids.js';
import { firstRow, rows, type SqlRunner } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { UserNotFoundError } from '../../users/users.errors.js';
import {
  type MemberAccess,
  type Membership,
  type MembershipListQuery,
  type MembershipRole,
  type MembershipStatus,
  type OwnMembership,
} from '../organizations.types.js';
import { CREDENTIALS_ENDED_AT } from '../../users/users.types.js';

export const MEMBERSHIP_COLUMNS = `m.id, m.organization_id AS "organizationId", m.user_id AS "userId", u.username,
  u.first_name AS "firstName", u.last_name AS "lastName", u.email, m.role, m.status, m.activated_at AS "activatedAt",
  m.created_at AS "createdAt"`;
const MEMBERSHIPS = 'memberships m JOIN users u ON u.id = m.user_id';

type DepartedMembership = Pick<Membership, 'id' | 'organizationId' | 'role' | 'status'>;

@Injectable()
export class MembershipsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** One row answers whether a user may do anything in an organization; what is unknown is null. */
  async findAccess(organizationName: string, userId: number): Promise<MemberAccess> {
    const row = await firstRow<MemberAccess>(
      this.dataSource,
      `SELECT o.id AS "organizationId", o.name AS "organizationName", o.allow_deploy_by_token AS "allowDeployByToken",
         u.id AS "userId", u.username, u.is_active AS "isUserActive",
         ${CREDENTIALS_ENDED_AT} AS "credentialsEndedAt", m.role, m.status
       FROM (VALUES (1)) AS always
       LEFT JOIN users u ON u.id = $2
       LEFT JOIN organizations o ON lower(o.name) = lower($1) AND o.name = $1
       LEFT JOIN memberships m ON m.organization_id = o.id AND m.user_id = u.id`,
      [organizationName, userId],
    );
    if (!row) throw new Error('A SELECT from VALUES returned no row');
    return row;
  }

  /** The roles of the user's active memberships, whatever the organizations. */
  async activeRoles(userId: number): Promise<MembershipRole[]> {
    const sql = `SELECT DISTINCT role FROM memberships WHERE user_id = $1 AND status = 'active'`;
    return (await rows<{ role: MembershipRole }>(this.dataSource, sql, [userId])).map(({ role }) => role);
  }

  /** Of these users the ones who hold the permission in the organization neither as members nor as administrators. */
  async listWithoutAccess(
    tx: Transaction,
    organizationId: string,
    userIds: number[],
    permission: Permission,
    roles: readonly MembershipRole[],
  ): Promise<number[]> {
    const found = await rows<{ id: number }>(
      tx,
      `SELECT u.id FROM users u LEFT JOIN memberships m ON m.organization_id = $1 AND m.user_id = u.id
       WHERE u.id = ANY ($2::integer[]) AND NOT (u.is_active AND (
         u.is_superuser OR (m.id IS NOT NULL AND m.status = 'active' AND m.role = ANY ($4::text[]))
         OR (u.is_staff AND EXISTS (
           SELECT 1 FROM user_groups ug JOIN group_permissions gp ON gp.group_id = ug.group_id
           WHERE ug.user_id = u.id AND gp.permission = $3))))`,
      [organizationId, userIds, permission, roles],
    );
    return found.map(({ id }) => id);
  }

  find(organizationId: string, membershipId: string, runner: SqlRunner = this.dataSource): Promise<Membership | null> {
    const sql = `SELECT ${MEMBERSHIP_COLUMNS} FROM ${MEMBERSHIPS} WHERE m.organization_id = $1 AND m.id = $2`;
    return firstRow(runner, sql, [organizationId, membershipId]);
  }

  findOfUser(tx: Transaction, organizationId: string, userId: number): Promise<Membership | null> {
    const sql = `SELECT ${MEMBERSHIP_COLUMNS} FROM ${MEMBERSHIPS} WHERE m.organization_id = $1 AND m.user_id = $2`;
    return firstRow(tx, sql, [organizationId, userId]);
  }

  /** By username in any letter case. */
  list(organizationId: string, { status, after = '', limit }: MembershipListQuery): Promise<Membership[]> {
    return rows(
      this.dataSource,
      `SELECT ${MEMBERSHIP_COLUMNS} FROM ${MEMBERSHIPS}
       WHERE m.organization_id = $1 AND lower(u.username) > lower($2) AND ($3::text IS NULL OR m.status = $3)
       ORDER BY lower(u.username) LIMIT $4`,
      [organizationId, after, status ?? null, limit ?? null],
    );
  }

  /** By organization. */
  listOfUser(userId: number): Promise<OwnMembership[]> {
    return rows(
      this.dataSource,
      `SELECT ${MEMBERSHIP_COLUMNS}, o.name AS "organizationName", o.is_public AS "isPublic"
       FROM ${MEMBERSHIPS} JOIN organizations o ON o.id = m.organization_id
       WHERE m.user_id = $1 ORDER BY lower(o.name)`,
      [userId],
    );
  }

  /** Active owners whose accounts are active too: those who can act. */
  listOwners(tx: Transaction, organizationId: string): Promise<Membership[]> {
    return rows(
      tx,
      `SELECT ${MEMBERSHIP_COLUMNS} FROM ${MEMBERSHIPS}
       WHERE m.organization_id = $1 AND m.role = 'owner' AND m.status = 'active' AND u.is_active
       ORDER BY lower(u.username)`,
      [organizationId],
    );
  }

  /** Names of the organizations in which nobody else is an owner who can act. */
  async listSoleOwnerships(tx: Transaction, userId: number): Promise<string[]> {
    const found = await rows<{ name: string }>(
      tx,
      `SELECT o.name FROM memberships m JOIN organizations o ON o.id = m.organization_id
       WHERE m.user_id = $1 AND m.role = 'owner' AND m.status = 'active' AND NOT EXISTS (
         SELECT 1 FROM memberships other JOIN users u ON u.id = other.user_id
         WHERE other.organization_id = o.id AND other.user_id <> $1 AND other.role = 'owner'
           AND other.status = 'active' AND u.is_active)
       ORDER BY lower(o.name)`,
      [userId],
    );
    return found.map(({ name }) => name);
  }

  /** Changes of memberships in the user's organizations wait until the transaction ends. */
  async lockOrganizationsOf(tx: Transaction, userId: number): Promise<void> {
    await tx.query(
      `SELECT 1 FROM organizations WHERE id IN (SELECT organization_id FROM memberships WHERE user_id = $1)
       ORDER BY id FOR NO KEY UPDATE`,
      [userId],
    );
  }

  /**
   * The new membership's id. Waits for an account that is being deleted, and throws UserNotFoundError when it is gone:
   * nobody's account must not be a member.
   */
  async insert(
    tx: Transaction,
    organizationId: string,
    userId: number,
    role: MembershipRole,
    status: MembershipStatus,
    now: Date,
  ): Promise<string> {
    const inserted = await firstRow<{ id: string }>(
      tx,
      `INSERT INTO memberships (id, organization_id, user_id, role, status, activated_at, created_at, updated_at)
       SELECT $1, $2, id, $4, $5::text, CASE WHEN $5::text = 'active' THEN $6::timestamptz END, $6, $6
       FROM users WHERE id = $3 AND deleted_at IS NULL FOR SHARE
       RETURNING id`,
      [newId(), organizationId, userId, role, status, now],
    );
    if (!inserted) throw new UserNotFoundError(userId);
    return inserted.id;
  }

  /** Staff who are not superusers see every organization from inside (contract section 5.2). */
  async addStaff(tx: Transaction, organizationId: string, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO memberships (id, organization_id, user_id, role, status, activated_at, created_at, updated_at)
       SELECT gen_random_uuid(), $1, u.id, 'member', 'active', $2, $2, $2 FROM users u
       WHERE u.is_staff AND NOT u.is_superuser AND u.is_active FOR SHARE
       ON CONFLICT ON CONSTRAINT uq_memberships_organization_user DO NOTHING`,
      [organizationId, now],
    );
  }

  async update(
    tx: Transaction,
    membership: Membership,
    change: { role: MembershipRole; status: MembershipStatus },
    now: Date,
  ): Promise<void> {
    await tx.query(
      `UPDATE memberships SET role = $3, status = $4::text, updated_at = $5,
         activated_at = CASE WHEN $4::text = 'active' AND status <> 'active' THEN $5 ELSE activated_at END
       WHERE organization_id = $1 AND id = $2`,
      [membership.organizationId, membership.id, change.role, change.status, now],
    );
  }

  /** The memberships as they were. */
  deleteAllOf(tx: Transaction, userId: number): Promise<DepartedMembership[]> {
    const sql = `DELETE FROM memberships WHERE user_id = $1
       RETURNING id, organization_id AS "organizationId", role, status`;
    return rows(tx, sql, [userId]);
  }

  async delete(tx: Transaction, { organizationId, id }: Membership): Promise<void> {
    await tx.query('DELETE FROM memberships WHERE organization_id = $1 AND id = $2', [organizationId, id]);
  }
}
