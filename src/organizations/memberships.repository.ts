import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newId } from '../common/ids/ids.js';
import { firstRow, rows, type SqlRunner } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';
import {
  type MemberAccess,
  type Membership,
  type MembershipRole,
  type MembershipStatus,
} from './organizations.types.js';

const COLUMNS = `m.id, m.organization_id AS "organizationId", m.user_id AS "userId", u.username, m.role, m.status,
  m.activated_at AS "activatedAt", m.created_at AS "createdAt"`;

@Injectable()
export class MembershipsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** One row answers whether a user may do anything in an organization; what is unknown is null. */
  async findAccess(organizationName: string, userId: number): Promise<MemberAccess> {
    const row = await firstRow<MemberAccess>(
      this.dataSource,
      `SELECT o.id AS "organizationId", o.name AS "organizationName", o.allow_deploy_by_token AS "allowDeployByToken",
         u.id AS "userId", u.username, u.is_active AS "isUserActive", m.role, m.status
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

  find(organizationId: string, membershipId: string, runner: SqlRunner = this.dataSource): Promise<Membership | null> {
    const sql = `SELECT ${COLUMNS} FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.organization_id = $1 AND m.id = $2`;
    return firstRow(runner, sql, [organizationId, membershipId]);
  }

  list(organizationId: string): Promise<Membership[]> {
    const sql = `SELECT ${COLUMNS} FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.organization_id = $1 ORDER BY m.role DESC, lower(u.username)`;
    return rows(this.dataSource, sql, [organizationId]);
  }

  async insert(
    tx: Transaction,
    organizationId: string,
    userId: number,
    role: MembershipRole,
    status: MembershipStatus,
    now: Date,
  ): Promise<string> {
    const id = newId();
    await tx.query(
      `INSERT INTO memberships (id, organization_id, user_id, role, status, activated_at, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5::text, CASE WHEN $5::text = 'active' THEN $6::timestamptz END, $6, $6)`,
      [id, organizationId, userId, role, status, now],
    );
    return id;
  }

  /** Staff who are not superusers see every organization from inside (contract section 5.2). */
  async addStaff(tx: Transaction, organizationId: string, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO memberships (id, organization_id, user_id, role, status, activated_at, created_at, updated_at)
       SELECT gen_random_uuid(), $1, u.id, 'member', 'active', $2, $2, $2 FROM users u
       WHERE u.is_staff AND NOT u.is_superuser AND u.is_active
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
}
