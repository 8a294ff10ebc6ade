import { type StateSummary } from '../provisioning/provisioning.types.js';

/** Addresses of a cluster's compute nodes in its state, with or without a module in front; the same for every target. */
const NODE_ADDRESS = /(^|\.)(terraform_data|aws_instance|aws_spot_instance_request)\.node$/;

/** How many compute nodes the state holds, or has a scaling group hold. */
export function countNodes({ resourceCounts, groupCapacity = 0 }: StateSummary): number {
  return Object.entries(resourceCounts)
    .filter(([address]) => NODE_ADDRESS.test(address))
    .reduce((total, [, count]) => total + count, groupCapacity);
}
