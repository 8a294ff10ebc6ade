import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows, type SqlRunner } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import {
  type BrowsedOrganization,
  type BrowseQuery,
  type Organization,
  type OrganizationSettings,
} from '../organizations.types.js';

const SETTING_COLUMNS: Record<keyof OrganizationSettings, string> = {
  target: 'target',
  clusterVersion: 'cluster_version',
  isPublic: 'is_public',
  minNodes: 'min_nodes',
  maxNodes: 'max_nodes',
  adminMaxNodes: 'admin_max_nodes',
  allowDeployByToken: 'allow_deploy_by_token',
  destroyWhenIdle: 'destroy_when_idle',
  provisioningSuspended: 'provisioning_suspended',
  contactName: 'contact_name',
  contactEmail: 'contact_email',
  maxAllowance: 'max_allowance',
  monthlyAllowance: 'monthly_allowance',
  nodeConfiguration: 'node_configuration',
  availabilityZone: 'availability_zone',
  spotMaxPrice: 'spot_max_price',
  spotAllocationStrategy: 'spot_allocation_strategy',
};
const SETTINGS = Object.keys(SETTING_COLUMNS) as (keyof OrganizationSettings)[];
/** For statements that read `organizations` and nothing beside it. */
export const ORGANIZATION_COLUMNS = [
  'id',
  'name',
  ...SETTINGS.map((setting) => `${SETTING_COLUMNS[setting]} AS "${setting}"`),
  'created_at AS "createdAt"',
  'updated_at AS "updatedAt"',
].join(', ');

@Injectable()
export class OrganizationsRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string, runner: SqlRunner = this.dataSource): Promise<Organization | null> {
    return firstRow(runner, `SELECT ${ORGANIZATION_COLUMNS} FROM organizations WHERE id = $1`, [id]);
  }

  /** As {@link find}; whoever else wants to change the organization or its memberships waits until the transaction ends. */
  lock(tx: Transaction, id: string): Promise<Organization | null> {
    return firstRow(tx, `SELECT ${ORGANIZATION_COLUMNS} FROM organizations WHERE id = $1 FOR NO KEY UPDATE`, [id]);
  }

  /** Exact, letter case matters. The index is on the lower-case name. */
  findByName(name: string): Promise<Organization | null> {
    const sql = `SELECT ${ORGANIZATION_COLUMNS} FROM organizations WHERE lower(name) = lower($1) AND name = $1`;
    return firstRow(this.dataSource, sql, [name]);
  }

  list(): Promise<Organization[]> {
    return rows(this.dataSource, `SELECT ${ORGANIZATION_COLUMNS} FROM organizations ORDER BY lower(name)`);
  }

  /** By name in any letter case. */
  browse(userId: number, { search = '', after = '', limit }: BrowseQuery): Promise<BrowsedOrganization[]> {
    return rows(
      this.dataSource,
      `SELECT o.id, o.name, o.is_public AS "isPublic", o.contact_name AS "contactName", o.contact_email AS "contactEmail",
         ARRAY(SELECT COALESCE(NULLIF(trim(u.first_name || ' ' || u.last_name), ''), u.username)
           FROM memberships w JOIN users u ON u.id = w.user_id
           WHERE w.organization_id = o.id AND w.role = 'owner' AND w.status = 'active' AND u.is_active
           ORDER BY lower(u.username)) AS owners,
         CASE WHEN m.id IS NOT NULL THEN json_build_object('id', m.id, 'role', m.role, 'status', m.status) END AS membership
       FROM organizations o LEFT JOIN memberships m ON m.organization_id = o.id AND m.user_id = $1
       WHERE lower(o.name) > lower($2) AND strpos(lower(o.name), lower($3)) > 0
       ORDER BY lower(o.name) LIMIT $4`,
      [userId, after, search, limit],
    );
  }

  async insert(tx: Transaction, id: string, name: string, settings: OrganizationSettings, now: Date): Promise<void> {
    const columns = SETTINGS.map((setting) => SETTING_COLUMNS[setting]).join(', ');
    const places = SETTINGS.map((_, index) => `$${index + 4}`).join(', ');
    await tx.query(
      `INSERT INTO organizations (id, name, created_at, updated_at, ${columns}) VALUES ($1, $2, $3, $3, ${places})`,
      [id, name, now, ...values(settings)],
    );
  }

  async update(tx: Transaction, id: string, settings: OrganizationSettings, now: Date): Promise<void> {
    const assignments = SETTINGS.map((setting, index) => `${SETTING_COLUMNS[setting]} = $${index + 3}`).join(', ');
    await tx.query(`UPDATE organizations SET updated_at = $2, ${assignments} WHERE id = $1`, [
      id,
      now,
      ...values(settings),
    ]);
  }

  /** With everything that is the organization's own; the audit log stays. */
  async delete(tx: Transaction, id: string): Promise<void> {
    await tx.query('DELETE FROM organizations WHERE id = $1', [id]);
  }
}

function values(settings: OrganizationSettings): unknown[] {
  return SETTINGS.map((setting) => settings[setting]);
}
