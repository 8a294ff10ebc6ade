import { type CapacityRequestRow, type ClusterRow, type UserRow } from './import-plan.js';
import { type LegacyRecord } from './legacy-record.js';
import { type OldRows, TAKEN } from './old-rows.js';
import { type ImportedOrganization } from './organizations.mapping.js';

const CLUSTERS = 'users_cluster';
const REQUESTS = 'users_orgnumnode';
const NO_ADDRESS = '0.0.0.0';
const NOT_ADOPTED =
  'Built by the old system; its Terraform state is not here. Nothing is changed or destroyed until the state is.';

/** What is deployed, without the Terraform state, which the old system kept elsewhere. */
export function mapClusters(old: OldRows, organizations: ReadonlyMap<string, ImportedOrganization>): ClusterRow[] {
  const clusters: ClusterRow[] = [];
  old.each(CLUSTERS, 'org_id', (record, row) => {
    const organization = organizations.get(record.uuid('org_id'));
    if (!organization) return 'the organization is not there';
    const { name } = organization.row;
    const command = record.optional('active_ps_cmd') ?? '';
    if (command !== '') {
      const message = `${name}: the old system is just doing ${command}, so what it says of the cluster is not true for long. Stop it, wait until the command is over, and dump again; if nothing runs, clear users_cluster.active_ps_cmd.`;
      old.journal.note('refuse', CLUSTERS, row, message);
    }
    const cluster = toCluster(record, organization);
    clusters.push(cluster);
    if (cluster.is_deployed)
      old.journal.note(
        'warn',
        CLUSTERS,
        row,
        `${name}: its cluster (${cluster.node_count} nodes, ${cluster.address ?? 'no address'}) is deployed, and its Terraform state is not in this database. This service neither changes nor destroys it until its state was brought here: see docs/legacy-import.md.${organization.oldName === name ? '' : ` It was built under the name ${organization.oldName}.`}`,
      );
    return TAKEN;
  });
  return clusters;
}

function toCluster(record: LegacyRecord, { row, nodeCount }: ImportedOrganization): ClusterRow {
  const isDeployed = record.boolean('is_deployed');
  const nodes = isDeployed ? Math.max(0, record.optionalInteger('cur_nodes') ?? nodeCount ?? 0) : 0;
  const address = record.optional('mgr_ip_address')?.replace(/\/(32|128)$/, '') ?? NO_ADDRESS;
  return {
    organization_id: row.id,
    is_deployed: isDeployed,
    node_count: nodes,
    desired_nodes: nodes,
    address: isDeployed && address !== NO_ADDRESS ? address : null,
    cluster_version: isDeployed ? (record.optional('cur_version') ?? record.optional('prov_env_version')) : null,
    // The old column says false for every cluster (contract, B1); clusters are built as their organization says.
    is_public: isDeployed && row.is_public,
    last_error: isDeployed ? NOT_ADOPTED : null,
  };
}

/** Requests for nodes that have not expired. */
export function mapCapacityRequests(
  old: OldRows,
  users: ReadonlyMap<number, UserRow>,
  organizations: ReadonlyMap<string, ImportedOrganization>,
  now: Date,
): CapacityRequestRow[] {
  const requests = new Map<string, CapacityRequestRow>();
  old.each(REQUESTS, 'id', (record, row) => {
    const reason = unusable(record, users, organizations, now);
    if (reason !== null) {
      if (reason.isRemarkable) old.journal.note('warn', REQUESTS, row, `The request stays behind: ${reason.text}.`);
      return reason.text;
    }
    const request = toRequest(record);
    const key = `${request.organization_id}/${request.user_id}/${request.node_count}/${request.expires_at}`;
    if (requests.has(key)) return 'the same as another one';
    requests.set(key, request);
    return TAKEN;
  });
  return [...requests.values()];
}

function unusable(
  record: LegacyRecord,
  users: ReadonlyMap<number, UserRow>,
  organizations: ReadonlyMap<string, ImportedOrganization>,
  now: Date,
): { text: string; isRemarkable: boolean } | null {
  const [userId, organizationId, expiry] = [
    record.optionalInteger('user_id'),
    record.optionalUuid('org_id'),
    expiryOf(record),
  ];
  if (userId === null || organizationId === null) return { text: 'without user or organization', isRemarkable: true };
  if (!users.has(userId) || !organizations.has(organizationId))
    return { text: 'the user or the organization is not there', isRemarkable: true };
  if (expiry === null) return { text: 'without expiration', isRemarkable: true };
  if (expiry <= now.getTime()) return { text: 'expired', isRemarkable: false };
  if (record.integer('desired_num_nodes') < 0) return { text: 'for less than no nodes', isRemarkable: true };
  return null;
}

function toRequest(record: LegacyRecord): CapacityRequestRow {
  return {
    id: record.uuid('id'),
    organization_id: record.uuid('org_id'),
    user_id: record.integer('user_id'),
    node_count: record.integer('desired_num_nodes'),
    expires_at: new Date(expiryOf(record) ?? 0).toISOString(),
  };
}

/** In milliseconds, cut to the second as requests are here; older schemas have another name for it. */
function expiryOf(record: LegacyRecord): number | null {
  const expiry = record.optionalInstant('expiration') ?? record.optionalInstant('show_expire_tm');
  return expiry && Math.floor(expiry.milliseconds / 1000) * 1000;
}
