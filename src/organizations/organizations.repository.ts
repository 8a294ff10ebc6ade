import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow, rows, type SqlRunner } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';
import { type Organization, type OrganizationSettings } from './organizations.types.js';

const COLUMNS = `
  id, name, target, cluster_version AS "clusterVersion", is_public AS "isPublic", min_nodes AS "minNodes",
  max_nodes AS "maxNodes", admin_max_nodes AS "adminMaxNodes", allow_deploy_by_token AS "allowDeployByToken",
  destroy_when_idle AS "destroyWhenIdle", provisioning_suspended AS "provisioningSuspended",
  created_at AS "createdAt", updated_at AS "updatedAt"`;

@Injectable()
export class OrganizationsRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string, runner: SqlRunner = this.dataSource): Promise<Organization | null> {
    return firstRow(runner, `SELECT ${COLUMNS} FROM organizations WHERE id = $1`, [id]);
  }

  /** Exact, letter case matters. The index is on the lower-case name. */
  findByName(name: string): Promise<Organization | null> {
    const sql = `SELECT ${COLUMNS} FROM organizations WHERE lower(name) = lower($1) AND name = $1`;
    return firstRow(this.dataSource, sql, [name]);
  }

  list(): Promise<Organization[]> {
    return rows(this.dataSource, `SELECT ${COLUMNS} FROM organizations ORDER BY lower(name)`);
  }

  async insert(tx: Transaction, id: string, name: string, settings: OrganizationSettings, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO organizations (id, name, target, cluster_version, is_public, min_nodes, max_nodes, admin_max_nodes,
         allow_deploy_by_token, destroy_when_idle, provisioning_suspended, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)`,
      [id, name, ...columnValues(settings), now],
    );
  }

  async update(tx: Transaction, id: string, settings: OrganizationSettings, now: Date): Promise<void> {
    await tx.query(
      `UPDATE organizations SET target = $2, cluster_version = $3, is_public = $4, min_nodes = $5, max_nodes = $6,
         admin_max_nodes = $7, allow_deploy_by_token = $8, destroy_when_idle = $9, provisioning_suspended = $10, updated_at = $11
       WHERE id = $1`,
      [id, ...columnValues(settings), now],
    );
  }
}

function columnValues(settings: OrganizationSettings): unknown[] {
  return [
    settings.target,
    settings.clusterVersion,
    settings.isPublic,
    settings.minNodes,
    settings.maxNodes,
    settings.adminMaxNodes,
    settings.allowDeployByToken,
    settings.destroyWhenIdle,
    settings.provisioningSuspended,
  ];
}
