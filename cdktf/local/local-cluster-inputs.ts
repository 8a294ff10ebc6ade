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

/** Outputs every target has in common; the service reads these names from the state. */
export interface ClusterOutputs {
  ilb_ip_address: string;
  ilb_state: string;
  ilb_id: string;
  monitor_state: string;
  monitor_id: string;
  prov_sys_handshake: string;
  cluster_name: string;
}
