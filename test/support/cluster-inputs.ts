import {
  AS_BEFORE,
  CLUSTER_DEFAULTS,
  type ClusterInputs,
  INSTALLATION_DEFAULTS,
} from '../../cdktf/cluster/cluster-inputs.js';

/** Inputs of a valid cluster, in the way of the old system unless told otherwise. */
export function clusterInputs(changes: Partial<ClusterInputs> = {}): ClusterInputs {
  return {
    ...CLUSTER_DEFAULTS,
    installation: {
      ...INSTALLATION_DEFAULTS,
      domain: 'example.org',
      containerRepository: '123456789012.dkr.ecr.us-west-2.amazonaws.com',
      projectBucket: 'project-bucket',
      publicBucket: 'public-bucket',
      terraformBasePath: 'ps-server',
    },
    clusterName: 'ice-lab',
    organizationName: 'ice-lab',
    clusterVersion: 'v4',
    isPublic: false,
    nodes: { min: 1, max: 10, desired: 3 },
    environmentVersion: 'v4.1.0-2-g1a2b3c4',
    hardening: AS_BEFORE,
    adopted: null,
    ...changes,
  };
}
