export type MembershipRole = 'owner' | 'member';
export type MembershipStatus = 'pending' | 'active' | 'inactive';

/** What administrators and owners decide about an organization. Node counts are 0..1000. */
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
}

/** An account that owns one cluster, and its policy. */
export interface Organization extends OrganizationSettings {
  id: string;
  name: string;
  createdAt: Date;
  updatedAt: Date;
}

export interface NewOrganization {
  name: string;
  ownerId: number;
  settings: Partial<OrganizationSettings>;
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
};

export interface Membership {
  id: string;
  organizationId: string;
  userId: number;
  username: string;
  role: MembershipRole;
  status: MembershipStatus;
  activatedAt: Date | null;
  createdAt: Date;
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
  /** Null when the user has no membership. */
  role: MembershipRole | null;
  status: MembershipStatus | null;
}
