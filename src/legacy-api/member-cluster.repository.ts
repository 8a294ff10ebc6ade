import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow } from '../database/sql.js';
import { type MemberAccess } from '../organizations/organizations.types.js';
import { CREDENTIALS_ENDED_AT } from '../users/users.types.js';

/** What a user is in an organization, together with the limits and the cluster that old clients ask for. */
export interface MemberCluster extends MemberAccess {
  minNodes: number | null;
  maxNodes: number | null;
  adminMaxNodes: number | null;
  target: string | null;
  /** Null, like all that follows, while the organization never had a cluster. */
  isDeployed: boolean | null;
  nodeCount: number | null;
  clusterVersion: string | null;
  isPublic: boolean | null;
  address: string | null;
}

/**
 * Reads across modules, because notebooks ask these questions all the time: one statement answers each. The node count
 * is the one of the newest state.
 */
@Injectable()
export class MemberClusterRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** As `MembershipsRepository.findAccess`, with the cluster. */
  async find(organizationName: string, userId: number): Promise<MemberCluster> {
    const row = await firstRow<MemberCluster>(
      this.dataSource,
      `SELECT o.id AS "organizationId", o.name AS "organizationName", o.allow_deploy_by_token AS "allowDeployByToken",
         u.id AS "userId", u.username, u.is_active AS "isUserActive",
         ${CREDENTIALS_ENDED_AT} AS "credentialsEndedAt", m.role, m.status,
         o.min_nodes AS "minNodes", o.max_nodes AS "maxNodes", o.admin_max_nodes AS "adminMaxNodes", o.target,
         c.is_deployed AS "isDeployed", c.node_count AS "nodeCount", c.cluster_version AS "clusterVersion",
         c.is_public AS "isPublic", c.address
       FROM (VALUES (1)) AS always
       LEFT JOIN users u ON u.id = $2
       LEFT JOIN organizations o ON lower(o.name) = lower($1) AND o.name = $1
       LEFT JOIN memberships m ON m.organization_id = o.id AND m.user_id = u.id
       LEFT JOIN clusters c ON c.organization_id = o.id`,
      // No name holds a NUL, and Postgres refuses to compare with one.
      [organizationName.replaceAll('\0', '\uFFFD'), userId],
    );
    if (!row) throw new Error('A SELECT from VALUES returned no row');
    return row;
  }
}
