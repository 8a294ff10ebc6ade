/** What a membership makes of somebody in one organization. */
export type MemberRole = 'owner' | 'member';

/**
 * Where a permission counts: for one's own account, in one organization, or for the whole installation.
 */
export type PermissionScope = 'self' | 'organization' | 'installation';

interface PermissionRule {
  scope: PermissionScope;
  /** Roles of the organization that hold it by being in it. */
  members?: readonly MemberRole[];
  /** Whether the group `PS_Developer` is given it when the database is created. */
  developers: boolean;
  /** Only a person who has just logged in may use it: it cannot be a scope of a personal access token. */
  needsLogin?: true;
  description: string;
}

const MEMBERS = ['member', 'owner'] as const;
const OWNERS = ['owner'] as const;

/**
 * The permission matrix (contract section 4). Superusers hold every permission; every active account holds those of
 * scope `self`; staff hold what their groups are given. The guard and the test of the matrix both read this table.
 */
export const PERMISSIONS = {
  'account.manage': {
    scope: 'self',
    developers: false,
    needsLogin: true,
    description: 'profile, addresses, password and tokens of the own account',
  },
  'organizations.browse': { scope: 'self', developers: false, description: 'names and contacts of all organizations' },
  'memberships.request': { scope: 'self', developers: false, description: 'ask for, join by passcode, or leave' },
  'organization.view': {
    scope: 'organization',
    members: MEMBERS,
    developers: true,
    description: 'the organization, its cluster and its limits',
  },
  'organization.configure': {
    scope: 'organization',
    members: OWNERS,
    developers: true,
    description: 'limits, version, node configuration and contact, within what administrators allow',
  },
  'memberships.manage': {
    scope: 'organization',
    members: OWNERS,
    developers: true,
    description: 'accept, activate and deactivate members; owners; passcodes',
  },
  'runs.view': { scope: 'organization', members: MEMBERS, developers: true, description: 'runs and their output' },
  'runs.cancel': { scope: 'organization', members: OWNERS, developers: true, description: 'stop a run' },
  'runs.request': {
    scope: 'organization',
    members: OWNERS,
    developers: true,
    description: 'plans to look at, refreshes, and agreeing to a plan that interrupts the cluster',
  },
  'capacity.use': {
    scope: 'organization',
    members: MEMBERS,
    developers: true,
    description: "the caller's own requests for nodes",
  },
  'capacity.manage': {
    scope: 'organization',
    members: OWNERS,
    developers: true,
    description: "everybody's requests for nodes",
  },
  'organizations.manage': {
    scope: 'installation',
    developers: true,
    description: 'create, change and delete organizations and their memberships',
  },
  'users.manage': { scope: 'installation', developers: true, description: 'accounts; never those of superusers' },
  'groups.manage': { scope: 'installation', developers: false, description: 'groups and what they may do' },
  'clusters.manage': { scope: 'installation', developers: true, description: 'clusters, runs and capacity requests' },
  'catalogue.manage': {
    scope: 'installation',
    developers: true,
    description: 'cluster versions, their node configurations, and who may choose them',
  },
  'tokens.manage': { scope: 'installation', developers: true, description: 'tokens of other accounts' },
  'settings.manage': { scope: 'installation', developers: true, description: 'settings such as provisioning disabled' },
  'audit.view': { scope: 'installation', developers: true, description: 'the audit log' },
} as const satisfies Record<string, PermissionRule>;

export type Permission = keyof typeof PERMISSIONS;

export const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as Permission[];

export function permissionRule(permission: Permission): PermissionRule {
  return PERMISSIONS[permission];
}

/** What a personal access token may be limited to. */
export const TOKEN_SCOPES = ALL_PERMISSIONS.filter((name) => permissionRule(name).needsLogin !== true);

/** What a group may be given: whatever does not come with every account. */
export const GROUP_PERMISSIONS = ALL_PERMISSIONS.filter((name) => permissionRule(name).scope !== 'self');

/** False for a name this version does not know, such as one stored by a newer version. */
export function isPermission(name: string): name is Permission {
  return Object.hasOwn(PERMISSIONS, name);
}
