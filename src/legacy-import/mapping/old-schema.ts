import { type LegacyTable } from '../source/legacy-source.js';
import { type Severity } from '../legacy-import.types.js';

/** A table whose rows are imported. */
interface ReadTable {
  /** Without these nothing can be made of a row. */
  required: readonly string[];
  /** Read when present; older schemas lack some of them, or name them differently. */
  optional?: readonly string[];
  /** Known, and without a counterpart here. */
  left?: readonly string[];
}

const DATES = ['creation_date', 'modified_date'];
const FORECASTS = ['min', 'cur', 'max'].flatMap((kind) => [
  ...['hourly', 'daily', 'monthly'].map((span) => `fc_${kind}_${span}`),
  `${kind}_hrly`,
  `${kind}_ddt`,
]);

/** Sources: the behaviour contract, sections 3 and 9. The newest schema is migration 0028 of the old application. */
export const READ_TABLES: Readonly<Record<string, ReadTable>> = {
  users_user: {
    required: ['id', 'password', 'is_superuser', 'username', 'email', 'is_staff', 'is_active', 'date_joined'],
    optional: ['first_name', 'last_name', 'last_login'],
  },
  account_emailaddress: { required: ['id', 'email', 'verified', 'primary', 'user_id'] },
  auth_group: { required: ['id', 'name'] },
  users_user_groups: { required: ['user_id', 'group_id'], left: ['id'] },
  users_orgaccount: {
    required: ['id', 'name', 'owner_id', 'balance', 'max_allowance', 'monthly_allowance', 'creation_date'],
    optional: [
      ...[
        'point_of_contact_name',
        'email',
        'version',
        'is_public',
        'min_node_cap',
        'max_node_cap',
        'admin_max_node_cap',
      ],
      ...['allow_deploy_by_token', 'destroy_when_no_nodes', 'provisioning_suspended', 'spot_max_price'],
      ...['spot_allocation_strategy', 'asg_cfg', 'availability_zone', 'desired_num_nodes', 'cur_nodes', 'expire_time'],
      // Kept in the audit log.
      ...['node_mgr_fixed_cost', 'node_fixed_cost', 'fytd_accrued_cost'],
      ...['most_recent_charge_time', 'most_recent_credit_time', 'most_recent_recon_time'],
    ],
    left: [
      ...FORECASTS,
      ...['modified_date', 'mfa_code', 'tokens', 'tokens_time', 'time_to_live_in_mins'],
      ...['pcqr_display_age_in_hours', 'pcqr_retention_age_in_days', 'loop_count', 'num_onn', 'num_owner_ps_cmd'],
      ...['num_ps_cmd', 'num_ps_cmd_successful', 'num_setup_cmd', 'num_setup_cmd_successful'],
    ],
  },
  users_membership: {
    required: ['id', 'user_id', 'org_id', 'active'],
    optional: [...DATES, 'activation_date', 'delete_requested'],
  },
  users_cluster: {
    required: ['org_id', 'is_deployed'],
    optional: ['mgr_ip_address', 'active_ps_cmd', 'cur_nodes', 'cur_version', 'prov_env_version'],
    left: [
      ...DATES,
      ...[
        'deployed_state',
        'connection_status',
        'version_query_log',
        'cnnro_ids',
        'cqro_id',
        'cnnro_id',
        'expire_time',
      ],
      ...['cur_min_node_cap', 'cur_max_node_cap', 'is_public', 'provision_env_ready', 'prov_env_is_public'],
    ],
  },
  users_orgnumnode: {
    required: ['id', 'user_id', 'org_id', 'desired_num_nodes'],
    optional: ['expiration', 'show_expire_tm'],
    left: ['has_active_ps_cmd'],
  },
  socialaccount_socialaccount: {
    required: ['id', 'provider', 'uid', 'extra_data', 'user_id', 'date_joined'],
    optional: ['last_login'],
  },
  token_blacklist_outstandingtoken: {
    required: ['id', 'jti', 'token', 'expires_at'],
    optional: ['user_id', 'created_at'],
  },
  token_blacklist_blacklistedtoken: { required: ['token_id', 'blacklisted_at'], left: ['id'] },
};

/** Without these it is no database of the old system. */
const LANDMARKS = ['users_user', 'users_orgaccount', 'users_membership'];

/** Tables that stay behind: what to say when one has rows. */
const LEFT_TABLES: readonly { name: RegExp; severity: Exclude<Severity, 'refuse'>; why: string }[] = [
  {
    name: /^users_orgcost$/,
    severity: 'info',
    why: 'cost reports are not imported; they can be fetched from the cloud again',
  },
  {
    name: /^users_pscmd(queue)?result$/,
    severity: 'info',
    why: 'outputs of earlier commands are not imported; keep the dump if you want to read them again',
  },
  {
    name: /^users_ownerpscmd$/,
    severity: 'warn',
    why: 'commands of owners that wait are not imported; ask for them again',
  },
  {
    name: /^oauth2_provider_application$/,
    severity: 'warn',
    why: 'OAuth applications are not imported; who logs in through the old system (Grafana) needs another way',
  },
  {
    name: /^oauth2_provider_/,
    severity: 'info',
    why: 'tokens of OAuth applications are not imported, as their applications are not',
  },
  {
    name: /^socialaccount_socialapp(_sites)?$/,
    severity: 'info',
    why: 'the GitHub application is configured anew here',
  },
  { name: /^socialaccount_socialtoken$/, severity: 'info', why: 'tokens for GitHub are not needed here' },
  {
    name: /^(users_user_user_permissions|auth_group_permissions)$/,
    severity: 'warn',
    why: 'permissions of the old admin site are not imported; PS_Developer has its own here, grant others anew',
  },
  {
    name: /^(account_emailconfirmation|captcha_captchastore|django_session|my_cache_table)$/,
    severity: 'info',
    why: 'short-lived rows of the old site; people log in again, and ask for links again',
  },
  {
    name: /^(django_celery_\w+|celery_\w+|django_rq_\w+|rq_\w+|django_apscheduler_\w+)$/,
    severity: 'info',
    why: 'jobs of the old system; this service finds out itself what is to do',
  },
  {
    name: /^(django_admin_log|django_content_type|django_migrations|django_site|auth_permission|users_granchoice)$/,
    severity: 'info',
    why: 'book-keeping of the old framework',
  },
];

interface SchemaNote {
  severity: Severity;
  table: string;
  message: string;
}

/** What there is to say about tables and columns, before any row is looked at. */
export function inspectSchema(tables: readonly LegacyTable[], ignored: ReadonlySet<string>): SchemaNote[] {
  const missing = LANDMARKS.filter((name) => !tables.some((table) => table.name === name));
  return [
    ...missing.map((table): SchemaNote => ({
      severity: 'refuse',
      table,
      message: 'The table is missing, so this is not (all of) a database of the old system.',
    })),
    ...tables.flatMap((table) => inspectTable(table, ignored)),
    ...unusedIgnores(tables, ignored),
  ];
}

function inspectTable(table: LegacyTable, ignored: ReadonlySet<string>): SchemaNote[] {
  const known = READ_TABLES[table.name];
  return known ? inspectColumns(table, known, ignored) : inspectLeft(table, ignored);
}

function inspectColumns(
  { name: table, columns }: LegacyTable,
  known: ReadTable,
  ignored: ReadonlySet<string>,
): SchemaNote[] {
  const { required, optional = [], left = [] } = known;
  const missing = required.filter((column) => !columns.includes(column));
  const unknown = columns.filter((column) => ![...required, ...optional, ...left].includes(column));
  const [accepted, refused] = partition(unknown, (column) => ignored.has(`${table}.${column}`));
  const behind = [...columns.filter((column) => left.includes(column) && column !== 'id'), ...accepted];
  const notes: SchemaNote[] = [];
  if (missing.length > 0)
    notes.push({
      severity: 'refuse',
      table,
      message: `Columns are missing: ${missing.join(', ')}. The schema is older than this import can read.`,
    });
  if (refused.length > 0)
    notes.push({
      severity: 'refuse',
      table,
      message: `Columns are unknown: ${refused.join(', ')}. Find out what they mean; leave them behind with ${refused.map((column) => `--ignore ${table}.${column}`).join(' ')}.`,
    });
  if (behind.length > 0)
    notes.push({
      severity: 'info',
      table,
      message: `Columns without a counterpart here stay behind: ${behind.join(', ')}.`,
    });
  return notes;
}

function inspectLeft({ name: table, rowCount }: LegacyTable, ignored: ReadonlySet<string>): SchemaNote[] {
  if (rowCount === 0) return [];
  const rows = `${rowCount} ${rowCount === 1 ? 'row stays' : 'rows stay'} behind`;
  const left = LEFT_TABLES.find(({ name }) => name.test(table));
  if (left) return [{ severity: left.severity, table, message: `${rows}: ${left.why}.` }];
  if (ignored.has(table))
    return [{ severity: 'warn', table, message: `${rows}: the table is unknown, and to be ignored.` }];
  return [
    {
      severity: 'refuse',
      table,
      message: `The table is unknown and has ${rowCount} rows. Find out what it is for; leave it behind with --ignore ${table}.`,
    },
  ];
}

/** A mistyped exception must not be taken for one that works. */
function unusedIgnores(tables: readonly LegacyTable[], ignored: ReadonlySet<string>): SchemaNote[] {
  const names = new Set(tables.flatMap(({ name, columns }) => [name, ...columns.map((column) => `${name}.${column}`)]));
  return [...ignored]
    .filter((name) => !names.has(name) || name in READ_TABLES)
    .map((table) => ({
      severity: 'refuse',
      table,
      message:
        table in READ_TABLES
          ? 'The table is imported and cannot be ignored.'
          : 'There is no such table or column to ignore. Check the spelling.',
    }));
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter((item) => test(item)), items.filter((item) => !test(item))];
}
