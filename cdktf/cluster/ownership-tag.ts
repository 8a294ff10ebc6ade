/** The tag by which a cluster's resources are told from those of others, in bills as well as by who looks for orphans. */
export function ownershipTag(organizationName: string): { key: string; value: string } {
  return { key: 'Project', value: `cluster-${organizationName}` };
}

/** The tag by which the nodes of a cluster are counted, as the system before did. */
export function nodeTag(organizationName: string): { key: string; value: string } {
  return { key: 'Name', value: `${organizationName}-node` };
}
