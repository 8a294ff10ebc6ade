/** Rows as they are to be in this service's tables; names of properties are names of columns. */

export interface UserRow {
  id: number;
  username: string;
  email: string;
  first_name: string;
  last_name: string;
  password_hash: string;
  is_active: boolean;
  is_staff: boolean;
  is_superuser: boolean;
  created_at: string;
  last_login_at: string | null;
  requires_verified_email: boolean;
}

export interface EmailAddressRow {
  id: string;
  user_id: number;
  email: string;
  is_primary: boolean;
  verified_at: string | null;
  created_at: string;
}

/** The group by name: it may have another id here. */
export interface UserGroupRow {
  user_id: number;
  group: string;
}

export interface OrganizationRow {
  id: string;
  name: string;
  target: 'aws' | 'local';
  cluster_version: string;
  is_public: boolean;
  min_nodes: number;
  max_nodes: number;
  admin_max_nodes: number;
  allow_deploy_by_token: boolean;
  destroy_when_idle: boolean;
  provisioning_suspended: boolean;
  contact_name: string;
  contact_email: string | null;
  max_allowance: string;
  monthly_allowance: string;
  node_configuration: string | null;
  availability_zone: string;
  spot_max_price: string;
  spot_allocation_strategy: string;
  created_at: string;
}

export interface MembershipRow {
  id: string;
  organization_id: string;
  user_id: number;
  role: 'owner' | 'member';
  status: 'pending' | 'active' | 'inactive';
  activated_at: string | null;
  created_at: string;
}

export interface ClusterRow {
  organization_id: string;
  is_deployed: boolean;
  node_count: number;
  /** Until somebody asks anew, what is there is what is wished for. */
  desired_nodes: number;
  address: string | null;
  cluster_version: string | null;
  is_public: boolean;
  last_error: string | null;
}

export interface CapacityRequestRow {
  id: string;
  organization_id: string;
  user_id: number;
  node_count: number;
  expires_at: string;
}

export interface RevokedTokenRow {
  jti: string;
  user_id: number | null;
  expires_at: string;
  revoked_at: string;
  reason: 'imported';
}

export interface SocialAccountRow {
  id: string;
  user_id: number;
  provider: 'github';
  uid: string;
  login: string;
  linked_at: string;
  last_login_at: string | null;
}

/** Dollars an organization had in the old system, as decimal text. */
export interface OldBalance {
  organization_id: string;
  amount: string;
}

/** What has no column here and still should not be lost: it goes into the audit log, by organization. */
export type Remembered = ReadonlyMap<string, Record<string, string | null>>;

/** Everything one import stores. */
export interface ImportPlan {
  groups: { name: string }[];
  users: UserRow[];
  emailAddresses: EmailAddressRow[];
  userGroups: UserGroupRow[];
  organizations: OrganizationRow[];
  memberships: MembershipRow[];
  clusters: ClusterRow[];
  capacityRequests: CapacityRequestRow[];
  revokedTokens: RevokedTokenRow[];
  socialAccounts: SocialAccountRow[];
  balances: OldBalance[];
  remembered: Remembered;
}
