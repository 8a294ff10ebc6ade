import { type Run } from '../provisioning/provisioning.types.js';

/** Where the old system's state of a cluster is. */
export type OldStateLocation = { file: string } | { bucket: string; key: string; region: string };

/** Key of the object the old system kept the state of an organization's cluster in. */
export function oldStateKey(domain: string, organization: string): string {
  return `tf-workspaces/${domain}-${organization}/tf-states/cluster.tfstate`;
}

/** What a state of the old system says, and what was done with it. */
export interface AdoptionReport {
  /** `checked`: nothing was stored. `unchanged`: it was adopted before. */
  outcome: 'checked' | 'adopted' | 'unchanged';
  organizationId: string;
  organization: string;
  source: string;
  lineage: string;
  serial: number;
  terraformVersion: string;
  clusterName: string;
  address: string | null;
  nodes: number;
  /** What its texts are for. */
  madeFor: { clusterVersion: string; isPublic: boolean };
  /** Instances per resource address without index. */
  resources: Record<string, number>;
}

/** How the plan that proves the adoption is waited for. */
export interface PlanPatience {
  /** How long it may wait for a worker. */
  unclaimedSeconds: number;
  /** How long it may take in all. */
  totalSeconds: number;
}

/** `unclaimed`: no worker took it; `late`: it is still at work. Either may end yet. */
export interface AwaitedPlan {
  how: 'ended' | 'unclaimed' | 'late';
  run: Run;
}
