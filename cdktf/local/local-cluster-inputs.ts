/** What a local cluster is made from. */
export interface LocalClusterInputs {
  /** `[A-Za-z0-9][A-Za-z0-9_-]*`, so it is safe inside commands and addresses. */
  organizationName: string;
  nodes: number;
  clusterVersion: string;
  isPublic: boolean;
  /** Seconds each node takes to come up, for demonstrations; 0 for none. */
  delaySeconds: number;
}
