export type MembershipRole = 'owner' | 'member';
export type MembershipStatus = 'pending' | 'active' | 'inactive';

/** The name becomes a DNS label, a tag, a path and a workspace (contract section 5.2); `uninitialized` is reserved. */
export const ORGANIZATION_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

export const AVAILABILITY_ZONES = ['us-west-2a', 'us-west-2b', 'us-west-2c', 'us-west-2d'] as const;

export const SPOT_ALLOCATION_STRATEGIES = [
  'lowest-price',
  'capacity-optimized',
  'capacity-optimized-prioritized',
  'price-capacity-optimized',
] as const;

/** What administrators and owners decide about an organization. Node counts are 0..1000; amounts are decimal text. */
export interface OrganizationSettings {
  target: 'local' | 'aws';
  clusterVersion: string;
  isPublic: boolean;
  minNodes: number;
  maxNodes: number;
  /** Upper limit of what an owner may set as `maxNodes`. */
  adminMaxNodes: number;
  /** Whether a capacity request may deploy a cluster that is not there. */
  allowDeployByToken: boolean;
  /** Whether the cluster goes away when nobody asks for nodes and `minNodes` is 0. */
  destroyWhenIdle: boolean;
  provisioningSuspended: boolean;
  contactName: string;
  /** Null when nobody gave one. */
  contactEmail: string | null;
  /** Dollars; the balance is cut to it when it is credited. */
  maxAllowance: string;
  /** Dollars credited at the start of a month. */
  monthlyAllowance: string;
  /** Variant of the cluster version's nodes; null for the usual ones. */
  nodeConfiguration: string | null;
  availabilityZone: string;
  /** Dollars per node and hour. */
  spotMaxPrice: string;
  spotAllocationStrategy: (typeof SPOT_ALLOCATION_STRATEGIES)[number];
}

/** What bounds an owner, or costs the installation something, is for administrators only. */
export const ADMINISTRATOR_SETTINGS = [
  'target',
  'adminMaxNodes',
  'maxAllowance',
  'monthlyAllowance',
] as const satisfies (keyof OrganizationSettings)[];

/** An account that owns one cluster, and its policy. */
export interface Organization extends OrganizationSettings {
  id: string;
  name: string;
  createdAt: Date;
  updatedAt: Date;
}

/** An organization as administrators see it. */
export interface AdministeredOrganization extends Organization {
  activeMembers: number;
  /** Dollars as decimal text with four decimals. */
  balance: string;
}

/** Settings to change; what is not given stays. */
export type SettingsChange = { [Name in keyof OrganizationSettings]?: OrganizationSettings[Name] | undefined };

export interface NewOrganization {
  name: string;
  owner: { id: number; username: string; isActive: boolean };
  settings: SettingsChange;
  /** Dollars on the account from the start; may be negative. */
  balance?: string | undefined;
}

/** Of a new organization (contract section 5.2). */
export const DEFAULT_SETTINGS: OrganizationSettings = {
  target: 'local',
  clusterVersion: 'latest',
  isPublic: false,
  minNodes: 0,
  maxNodes: 10,
  adminMaxNodes: 10,
  allowDeployByToken: true,
  destroyWhenIdle: true,
  provisioningSuspended: false,
  contactName: 'support team',
  contactEmail: null,
  maxAllowance: '0',
  monthlyAllowance: '0',
  nodeConfiguration: null,
  availabilityZone: 'us-west-2c',
  spotMaxPrice: '0.17',
  spotAllocationStrategy: 'lowest-price',
};

/** What any account may know of an organization, and what the account asking is in it. */
export interface BrowsedOrganization {
  id: string;
  name: string;
  isPublic: boolean;
  contactName: string;
  contactEmail: string | null;
  /** Names of the active owners. */
  owners: string[];
  /** Null when the account has none. */
  membership: { id: string; role: MembershipRole; status: MembershipStatus } | null;
}

export interface BrowseQuery {
  /** Part of the name, in any letter case. */
  search?: string | undefined;
  /** Name of the last organization of the page before. */
  after?: string | undefined;
  limit: number;
}

export interface Membership {
  id: string;
  organizationId: string;
  userId: number;
  username: string;
  firstName: string;
  lastName: string;
  email: string;
  role: MembershipRole;
  status: MembershipStatus;
  activatedAt: Date | null;
  createdAt: Date;
}

/** A membership as administrators see it. */
export interface AdministeredMembership extends Membership {
  organizationName: string;
}

/** A membership as its holder sees it. */
export interface OwnMembership extends Membership {
  organizationName: string;
  isPublic: boolean;
}

/** Change of one membership; what is not given stays. A membership never becomes pending again. */
export interface MembershipChange {
  id: string;
  role?: MembershipRole | undefined;
  status?: Exclude<MembershipStatus, 'pending'> | undefined;
}

export interface MembershipListQuery {
  status?: MembershipStatus | undefined;
  /** Username of the last membership of the page before. */
  after?: string | undefined;
  /** All when not given. */
  limit?: number | undefined;
}

/** Lets whoever knows it into the organization without being asked. The code itself is not stored. */
export interface Passcode {
  id: string;
  role: MembershipRole;
  expiresAt: Date | null;
  maxUses: number | null;
  uses: number;
  createdBy: string;
  createdAt: Date;
  revokedAt: Date | null;
}

/** What one user is in one organization, with the switches of both: one row answers every access question. */
export interface MemberAccess {
  /** Null when there is no organization of this name. */
  organizationId: string | null;
  organizationName: string | null;
  allowDeployByToken: boolean | null;
  /** Null when there is no such user. */
  userId: number | null;
  username: string | null;
  isUserActive: boolean | null;
  /** What was issued until then counts no more; null also when nothing was ever ended. */
  credentialsEndedAt: Date | null;
  /** Null when the user has no membership. */
  role: MembershipRole | null;
  status: MembershipStatus | null;
}
