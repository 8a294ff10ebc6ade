import {
  AVAILABILITY_ZONES,
  DEFAULT_SETTINGS,
  ORGANIZATION_NAME,
  SPOT_ALLOCATION_STRATEGIES,
} from '../../organizations/organizations.types.js';
import { type OldBalance, type OrganizationRow, type Remembered } from './import-plan.js';
import { type ImportJournal } from './import-journal.js';
import { type LegacyRecord, UnreadableValueError } from './legacy-record.js';
import { newNames } from './new-names.js';
import { type OldRows, TAKEN } from './old-rows.js';

const TABLE = 'users_orgaccount';
const MAX_NODES = 1000;
/** What the old system writes for "the usual nodes". */
const NO_NODE_CONFIGURATION = new Set(['', 'None', 'unselected']);
/** Dollars per hour; defaults of the old system. */
const USUAL_COSTS = { node_mgr_fixed_cost: 0.153, node_fixed_cost: 0.226 };
const REMEMBERED = [
  ...['node_mgr_fixed_cost', 'node_fixed_cost', 'fytd_accrued_cost'],
  ...['most_recent_charge_time', 'most_recent_credit_time', 'most_recent_recon_time'],
];

/** An organization, with what other tables of the old system call it by. */
export interface ImportedOrganization {
  row: OrganizationRow;
  oldName: string;
  ownerId: number | null;
  /** For clusters whose own row lacks it; older schemas keep it here. */
  nodeCount: number | null;
}

export interface ImportedOrganizations {
  organizations: Map<string, ImportedOrganization>;
  balances: OldBalance[];
  remembered: Remembered;
}

export function mapOrganizations(
  old: OldRows,
  renames: ReadonlyMap<string, string>,
  target: OrganizationRow['target'],
): ImportedOrganizations {
  const found: ImportedOrganization[] = [];
  const balances: OldBalance[] = [];
  const remembered = new Map<string, Record<string, string | null>>();
  old.each(TABLE, 'id', (record, id) => {
    const organization = toOrganization(record, target);
    found.push(organization);
    balances.push({ organization_id: organization.row.id, amount: record.decimal('balance', '0') });
    remembered.set(
      organization.row.id,
      Object.fromEntries(REMEMBERED.map((column) => [column, record.optional(column)])),
    );
    inspect(old.journal, id, organization, record);
    return TAKEN;
  });
  rename(found, renames, old.journal);
  return {
    organizations: new Map(found.map((organization) => [organization.row.id, organization])),
    balances,
    remembered,
  };
}

function rename(
  found: readonly ImportedOrganization[],
  renames: ReadonlyMap<string, string>,
  journal: ImportJournal,
): void {
  const isAllowed = (name: string): boolean => ORGANIZATION_NAME.test(name) && name.toLowerCase() !== 'uninitialized';
  const rule =
    'it has 1 to 63 letters, digits, - or _, begins with a letter or digit, and is not "uninitialized"; it becomes part of host names and paths';
  const rows = found.map(({ row: { id, name } }) => ({ id, name }));
  const names = newNames(
    rows,
    renames,
    { table: TABLE, option: '--rename', kind: 'organization', isAllowed, rule },
    journal,
  );
  for (const { row } of found) row.name = names.get(row.id) ?? row.name;
}

function toOrganization(record: LegacyRecord, target: OrganizationRow['target']): ImportedOrganization {
  const usual = DEFAULT_SETTINGS;
  const nodeConfiguration = record.optional('asg_cfg') ?? '';
  const row: OrganizationRow = {
    id: record.uuid('id'),
    name: record.text('name'),
    target,
    cluster_version: record.optional('version') ?? usual.clusterVersion,
    is_public: record.boolean('is_public', usual.isPublic),
    min_nodes: nodeCount(record, 'min_node_cap', usual.minNodes),
    max_nodes: nodeCount(record, 'max_node_cap', usual.maxNodes),
    admin_max_nodes: nodeCount(record, 'admin_max_node_cap', usual.adminMaxNodes),
    allow_deploy_by_token: record.boolean('allow_deploy_by_token', usual.allowDeployByToken),
    destroy_when_idle: record.boolean('destroy_when_no_nodes', usual.destroyWhenIdle),
    provisioning_suspended: record.boolean('provisioning_suspended', usual.provisioningSuspended),
    contact_name: record.optional('point_of_contact_name') ?? usual.contactName,
    contact_email: record.optional('email') === '' ? null : record.optional('email'),
    max_allowance: record.decimal('max_allowance', '0'),
    monthly_allowance: record.decimal('monthly_allowance', '0'),
    node_configuration: NO_NODE_CONFIGURATION.has(nodeConfiguration) ? null : nodeConfiguration,
    availability_zone: record.optional('availability_zone') ?? usual.availabilityZone,
    spot_max_price: spotPrice(record),
    spot_allocation_strategy: spotStrategy(record),
    created_at: record.instant('creation_date').text,
  };
  const ownerId = record.optionalInteger('owner_id');
  const nodes = record.optionalInteger('cur_nodes') ?? record.optionalInteger('desired_num_nodes');
  return { row, oldName: row.name, ownerId, nodeCount: nodes };
}

function nodeCount(record: LegacyRecord, column: string, fallback: number): number {
  const count = record.integer(column, fallback);
  if (count < 0 || count > MAX_NODES) throw new UnreadableValueError(column, `0 to ${MAX_NODES}`, String(count));
  return count;
}

/** A floating-point number there; decimal text with four digits here. */
function spotPrice(record: LegacyRecord): string {
  const price = record.decimal('spot_max_price', DEFAULT_SETTINGS.spotMaxPrice);
  const text = Number(price).toFixed(4);
  if (Number(text) <= 0) throw new UnreadableValueError('spot_max_price', 'more than 0', price);
  return text;
}

function spotStrategy(record: LegacyRecord): string {
  const strategy = record.optional('spot_allocation_strategy') ?? DEFAULT_SETTINGS.spotAllocationStrategy;
  if (!SPOT_ALLOCATION_STRATEGIES.some((known) => known === strategy))
    throw new UnreadableValueError(
      'spot_allocation_strategy',
      `one of ${SPOT_ALLOCATION_STRATEGIES.join(', ')}`,
      strategy,
    );
  return strategy;
}

/** What can be stored as it is, and still needs somebody to look at it. */
function inspect(
  journal: ImportJournal,
  id: string,
  { row, ownerId }: ImportedOrganization,
  record: LegacyRecord,
): void {
  const warn = (message: string): void => {
    journal.note('warn', TABLE, id, `${row.name}: ${message}`);
  };
  if (ownerId === null) warn('it has no owner. Make a member its owner, or nobody but administrators can manage it.');
  if (row.min_nodes > row.max_nodes || row.max_nodes > row.admin_max_nodes)
    warn(
      `its limits contradict each other (minimum ${row.min_nodes}, maximum ${row.max_nodes}, maximum for owners ${row.admin_max_nodes}). They work as before; no other setting can be changed until they are corrected.`,
    );
  if (!AVAILABILITY_ZONES.some((zone) => zone === row.availability_zone))
    warn(`the availability zone ${row.availability_zone} is not one that can be chosen here.`);
  for (const [column, usual] of Object.entries(USUAL_COSTS)) {
    const value = record.optional(column);
    if (value !== null && Number(value) !== usual)
      warn(
        `${column} is ${value}, not ${usual}; this service has no such setting. The value is kept in the audit log.`,
      );
  }
}
