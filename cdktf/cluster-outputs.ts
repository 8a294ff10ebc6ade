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

/** Value of `prov_sys_handshake`: proves to readers of a state that it is one of our clusters. */
export const HANDSHAKE = 'sliderule';
