/** Tags by which the resources of a cluster are found at AWS. */
export { nodeTag, ownershipTag } from '../../../cdktf/cluster/ownership-tag.js';
