import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ListQuery, type Page } from '../../common/paging/page.js';
import { findListed, type Listing, listPage } from '../../database/listing.js';
import { firstRow, rows, type SqlRunner } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { type ClusterChoice, type ClusterVersion, type OfferedVersion } from '../catalogue.types.js';
import { releaseKeySql } from './release-order.js';

const NODE_CONFIGURATIONS = `ARRAY(SELECT n.name FROM node_configurations n WHERE n.cluster_version = v.name
  ORDER BY n.name COLLATE "C") AS "nodeConfigurations"`;
const PERMITTED = `(SELECT COALESCE(json_agg(json_build_object('id', o.id, 'name', o.name) ORDER BY lower(o.name)), '[]')
  FROM cluster_version_organizations p JOIN organizations o ON o.id = p.organization_id WHERE p.cluster_version = v.name)`;

const VERSIONS: Listing = {
  columns: `v.name, v.description, ${NODE_CONFIGURATIONS}, v.is_enabled AS "isEnabled",
    CASE WHEN v.is_restricted THEN ${PERMITTED} END AS "permittedOrganizations",
    (SELECT count(*) FROM organizations o WHERE o.cluster_version = v.name)::integer AS "organizationCount",
    v.created_at AS "createdAt", v.updated_at AS "updatedAt"`,
  source: 'cluster_versions v',
  key: { sql: 'v.name COLLATE "C"', type: 'text' },
  sorts: {
    release: { sql: releaseKeySql('v.name'), type: 'text' },
    createdAt: { sql: 'v.created_at', type: 'timestamptz' },
    updatedAt: { sql: 'v.updated_at', type: 'timestamptz' },
  },
  filters: { isEnabled: 'v.is_enabled = $::boolean', isRestricted: 'v.is_restricted = $::boolean' },
  search: ['v.name', 'v.description'],
};
const IS_OFFERED = `v.is_enabled AND (NOT v.is_restricted OR EXISTS (SELECT 1 FROM cluster_version_organizations p
  WHERE p.cluster_version = v.name AND p.organization_id = $1::uuid))`;

/** What of a version is in its own row. */
export interface VersionRow {
  isEnabled: boolean;
  isRestricted: boolean;
  description: string;
}

@Injectable()
export class ClusterVersionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<ClusterVersion>> {
    return listPage(this.dataSource, VERSIONS, query);
  }

  /** In no particular order. */
  listAll(runner: SqlRunner = this.dataSource): Promise<ClusterVersion[]> {
    return rows(runner, `SELECT ${VERSIONS.columns} FROM ${VERSIONS.source}`);
  }

  find(name: string, runner: SqlRunner = this.dataSource): Promise<ClusterVersion | null> {
    return findListed(runner, VERSIONS, name);
  }

  /** What the organization may choose, in no particular order; without an organization, what everybody may. */
  listOffered(organizationId: string | null, runner: SqlRunner = this.dataSource): Promise<OfferedVersion[]> {
    const sql = `SELECT v.name, v.description, ${NODE_CONFIGURATIONS} FROM cluster_versions v WHERE ${IS_OFFERED}`;
    return rows(runner, sql, [organizationId]);
  }

  /** Whether there is one; it can be neither deleted nor lose node configurations until the transaction ends. */
  async keep(tx: Transaction, name: string): Promise<boolean> {
    return (await firstRow(tx, 'SELECT 1 FROM cluster_versions WHERE name = $1 FOR KEY SHARE', [name])) !== null;
  }

  /** As {@link find}; nobody else changes or chooses it until the transaction ends. */
  async lock(tx: Transaction, name: string): Promise<ClusterVersion | null> {
    await tx.query('SELECT 1 FROM cluster_versions WHERE name = $1 FOR UPDATE', [name]);
    return this.find(name, tx);
  }

  async insert(tx: Transaction, name: string, row: VersionRow, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO cluster_versions (name, is_enabled, is_restricted, description, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $5)`,
      [name, row.isEnabled, row.isRestricted, row.description, now],
    );
  }

  async update(tx: Transaction, name: string, row: VersionRow, now: Date): Promise<void> {
    await tx.query(
      'UPDATE cluster_versions SET is_enabled = $2, is_restricted = $3, description = $4, updated_at = $5 WHERE name = $1',
      [name, row.isEnabled, row.isRestricted, row.description, now],
    );
  }

  async delete(tx: Transaction, name: string): Promise<void> {
    await tx.query('DELETE FROM cluster_versions WHERE name = $1', [name]);
  }

  async saveNodeConfigurations(tx: Transaction, version: string, names: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM node_configurations WHERE cluster_version = $1 AND name <> ALL ($2::text[])', [
      version,
      names,
    ]);
    await tx.query(
      `INSERT INTO node_configurations (cluster_version, name) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`,
      [version, names],
    );
  }

  async savePermitted(tx: Transaction, version: string, organizationIds: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM cluster_version_organizations WHERE cluster_version = $1', [version]);
    await tx.query(
      `INSERT INTO cluster_version_organizations (cluster_version, organization_id) SELECT $1, unnest($2::uuid[])`,
      [version, organizationIds],
    );
  }

  /** Names of the organizations that have the version, or one of its node configurations that are named. */
  async listUsers(tx: Transaction, version: string, configurations?: readonly string[]): Promise<string[]> {
    const found = await rows<{ name: string }>(
      tx,
      `SELECT name FROM organizations WHERE cluster_version = $1
         AND ($2::text[] IS NULL OR node_configuration = ANY ($2::text[])) ORDER BY lower(name)`,
      [version, configurations ?? null],
    );
    return found.map(({ name }) => name);
  }

  /** Ids by name of those organizations that exist; letter case matters. */
  async organizationIds(tx: Transaction, names: readonly string[]): Promise<Map<string, string>> {
    const sql = 'SELECT id, name FROM organizations WHERE name = ANY ($1::text[]) FOR KEY SHARE';
    const found = await rows<{ id: string; name: string }>(tx, sql, [names]);
    return new Map(found.map(({ id, name }) => [name, id]));
  }

  /** Those that do not exist; the others stay until the transaction ends. */
  async unknownOrganizations(tx: Transaction, ids: readonly string[]): Promise<string[]> {
    const sql = 'SELECT id FROM organizations WHERE id = ANY ($1::uuid[]) FOR KEY SHARE';
    const known = new Set((await rows<{ id: string }>(tx, sql, [ids])).map(({ id }) => id));
    return ids.filter((id) => !known.has(id.toLowerCase()));
  }

  /** Puts what is missing into the catalogue; versions that are new there are offered to nobody. Returns their names. */
  async insertMissing(
    tx: Transaction,
    choices: readonly ClusterChoice[],
    description: string,
    now: Date,
  ): Promise<string[]> {
    const added = await rows<{ name: string }>(
      tx,
      `INSERT INTO cluster_versions (name, is_restricted, description, created_at, updated_at)
       SELECT DISTINCT c->>'clusterVersion', true, $2::text, $3::timestamptz, $3::timestamptz
       FROM jsonb_array_elements($1::jsonb) c ON CONFLICT DO NOTHING RETURNING name`,
      [JSON.stringify(choices), description, now],
    );
    await tx.query(
      `INSERT INTO node_configurations (cluster_version, name)
       SELECT DISTINCT c->>'clusterVersion', c->>'nodeConfiguration' FROM jsonb_array_elements($1::jsonb) c
       WHERE c->>'nodeConfiguration' IS NOT NULL ON CONFLICT DO NOTHING`,
      [JSON.stringify(choices)],
    );
    return added.map(({ name }) => name);
  }
}
