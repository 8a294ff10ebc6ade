/** How rows of one table of this service are imported. */
export interface TargetTable {
  name: string;
  /** Identify a row in both systems. */
  key: readonly string[];
  /** Compared, and written when they differ. */
  columns: readonly string[];
  /** Written with a new row only: they go their own way afterwards. */
  onInsert?: readonly string[];
  /** Written with every change, and not compared: this service has its own reasons to change them. */
  uncompared?: readonly string[];
  /** Values this service sets itself, as SQL; `$1` is the time of the import. */
  defaults?: Readonly<Record<string, string>>;
  /** Gets the time of the import with every change. */
  hasUpdatedAt?: boolean;
  /** Whether another row `t` is in the way of the imported row `s`, and what to call that. */
  rivals?: readonly { on: string; message: string }[];
  /** Order in which rows are written, as SQL: what gives something up goes before what takes it. */
  order?: string;
  /** Rows that leave the old system by themselves; nobody needs to hear of it. */
  isShortLived?: boolean;
}

/** In the order of their foreign keys. */
export const TARGETS = {
  groups: { name: 'groups', key: ['name'], columns: [] },
  users: {
    name: 'users',
    key: ['id'],
    columns: [
      ...['username', 'email', 'first_name', 'last_name', 'password_hash', 'is_active', 'is_staff', 'is_superuser'],
      ...['created_at', 'last_login_at', 'requires_verified_email'],
    ],
    hasUpdatedAt: true,
    rivals: [
      {
        on: 'lower(t.username) = lower(s.username)',
        message: 'Another account here has this username. Rename one of them (--rename-user).',
      },
    ],
  },
  emailAddresses: {
    name: 'email_addresses',
    key: ['id'],
    columns: ['user_id', 'email', 'is_primary', 'verified_at', 'created_at'],
    order: 'is_primary, verified_at IS NOT NULL',
    rivals: [
      {
        on: 'lower(t.email) = lower(s.email) AND t.verified_at IS NOT NULL AND s.verified_at IS NOT NULL',
        message: 'Another account here has verified this address. Remove it from one of them.',
      },
      {
        on: 't.user_id = s.user_id AND (lower(t.email) = lower(s.email) OR (t.is_primary AND s.is_primary))',
        message: 'The addresses of this account were changed here.',
      },
    ],
  },
  userGroups: { name: 'user_groups', key: ['user_id', 'group_id'], columns: [] },
  organizations: {
    name: 'organizations',
    key: ['id'],
    columns: [
      ...['name', 'target', 'cluster_version', 'is_public', 'min_nodes', 'max_nodes', 'admin_max_nodes'],
      ...['allow_deploy_by_token', 'destroy_when_idle', 'provisioning_suspended', 'contact_name', 'contact_email'],
      ...['max_allowance', 'monthly_allowance', 'node_configuration', 'availability_zone', 'spot_max_price'],
      ...['spot_allocation_strategy', 'created_at'],
    ],
    hasUpdatedAt: true,
    rivals: [
      {
        on: 'lower(t.name) = lower(s.name)',
        message: 'Another organization here has this name. Rename the imported one (--rename), or delete the other.',
      },
    ],
  },
  memberships: {
    name: 'memberships',
    key: ['organization_id', 'user_id'],
    columns: ['role', 'status', 'activated_at', 'created_at'],
    onInsert: ['id'],
    hasUpdatedAt: true,
  },
  clusters: {
    name: 'clusters',
    key: ['organization_id'],
    columns: ['is_deployed', 'node_count', 'address', 'cluster_version', 'is_public'],
    uncompared: ['desired_nodes', 'last_error'],
    hasUpdatedAt: true,
  },
  capacityRequests: {
    name: 'capacity_requests',
    key: ['id'],
    columns: ['organization_id', 'user_id', 'node_count', 'expires_at'],
    defaults: { created_at: '$1::timestamptz' },
    rivals: [
      {
        on: `t.ended_at IS NULL AND (t.organization_id, t.user_id, t.node_count, t.expires_at)
          = (s.organization_id, s.user_id, s.node_count, s.expires_at)`,
        message: 'The same request was made here. Release it first.',
      },
    ],
    isShortLived: true,
  },
  revokedTokens: {
    name: 'revoked_tokens',
    key: ['jti'],
    columns: ['user_id', 'expires_at', 'revoked_at', 'reason'],
    isShortLived: true,
  },
  socialAccounts: {
    name: 'social_accounts',
    key: ['id'],
    columns: ['user_id', 'provider', 'uid', 'login', 'linked_at', 'last_login_at'],
    rivals: [
      {
        on: 't.provider = s.provider AND (t.uid = s.uid OR t.user_id = s.user_id)',
        message: 'The GitHub account, or the account here, is linked with another one. Remove that link first.',
      },
    ],
  },
} as const satisfies Record<string, TargetTable>;
