import { type CapacityOutlook } from '../capacity/capacity.types.js';
import { type ClusterView } from '../clusters/clusters.types.js';
import { type BrowsedOrganization, type Organization } from '../organizations/organizations.types.js';
import { type Run } from '../provisioning/provisioning.types.js';

/** An organization with everything its members want to know about it at a glance. */
export interface OrganizationOverview {
  organization: Organization;
  /** Dollars as decimal text. */
  balance: string;
  cluster: ClusterView;
  capacity: CapacityOutlook;
  /** The run in progress, else the one waiting, else null. */
  run: Run | null;
}

/** An organization in the list of all; the cluster is null for those who may not see it. */
export interface OrganizationListing extends BrowsedOrganization {
  cluster: ClusterView | null;
}
