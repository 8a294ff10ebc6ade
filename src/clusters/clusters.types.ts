import { type PlannedChange } from '../provisioning/provisioning.types.js';

/** What is known of an organization's cluster; not deployed also before its first deployment. */
export interface ClusterView {
  organizationId: string;
  /** What all live requests and the organization's limits add up to. */
  desiredNodes: number;
  isDeployed: boolean;
  /** Nodes according to the newest Terraform state. */
  nodeCount: number;
  address: string | null;
  /** Null before the first deployment, `''` after a destroy. */
  clusterVersion: string | null;
  isPublic: boolean;
  consecutiveFailures: number;
  retryNotBefore: Date | null;
  lastError: string | null;
  /** What was found changed outside of this service, null when nothing; as of `driftCheckedAt`. */
  drift: PlannedChange[] | null;
  driftCheckedAt: Date | null;
  updatedAt: Date;
}

/** What an organization's cluster should be. */
export interface ClusterWish {
  nodes: number;
  /** Whether a deployed cluster should go away altogether; only when `nodes` is 0. */
  isRemovalDesired: boolean;
}

/** A cluster as administrators see it. */
export interface AdministeredCluster extends ClusterView {
  organizationName: string;
  target: string;
  isRemovalDesired: boolean;
  isSettled: boolean;
  /** Somebody cancelled the run for the present wish, or nobody agreed to its plan; it waits for another wish, or a retry. */
  isHeld: boolean;
  /** When a run last left a first deployment incomplete, which is cleaned up some time later. */
  halfBuiltAt: Date | null;
  /** Resources found at the target that are in no state and that nobody has looked at. */
  orphanCount: number;
}
