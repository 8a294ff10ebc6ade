/** What the parts of a domain's deployment are called. */
export interface DomainNames {
  /** The ECS cluster, and the start of every other name. */
  cluster: string;
  /** Service and container that answer requests. */
  web: string;
  /** Service and container that build clusters. */
  worker: string;
}

/** A cluster is called after the first label of its domain: `ps-testsliderule` for testsliderule.org. */
export function namesOfDomain(domain: string): DomainNames {
  const [label = ''] = domain.split('.');
  return { cluster: `ps-${label}`, web: 'ps-web', worker: 'ps-worker' };
}
