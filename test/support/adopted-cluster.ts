import { cpSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClusterInputs } from '../../cdktf/cluster/cluster-inputs.js';
import { type TerraformDirectory } from './terraform-directory.js';

const CONFIGURATION = fileURLToPath(new URL('adopted-cluster', import.meta.url));

/**
 * Puts a cluster in the style of the old system into the directory: several files of HCL, variables in a file, a node
 * configuration chosen by renaming. Written from the same description as our stack, but by hand and not by cdktf.
 */
export function writeAdoptedCluster(directory: TerraformDirectory, inputs: ClusterInputs): void {
  cpSync(CONFIGURATION, directory.path, { recursive: true });
  const chosen = join(directory.path, `asg-${inputs.nodeConfiguration ?? 't4g_2xlarge'}.tf`);
  renameSync(`${chosen}.OPTION`, chosen);
  directory.write('terraform.tfvars.json', JSON.stringify(variables(inputs)));
}

function variables({ installation, nodes, ...inputs }: ClusterInputs): Record<string, unknown> {
  return {
    domain: installation.domain,
    cluster_name: inputs.clusterName,
    organization_name: inputs.organizationName,
    cluster_version: inputs.clusterVersion,
    is_public: inputs.isPublic ? 'True' : 'False',
    node_asg_min_capacity: nodes.min,
    node_asg_max_capacity: nodes.max,
    node_asg_desired_capacity: nodes.desired,
    container_repo: installation.containerRepository,
    project_bucket: installation.projectBucket,
    key_pair_name: installation.keyPairName,
    environment_version: inputs.environmentVersion,
  };
}
