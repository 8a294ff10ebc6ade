/** The containers an installation runs, each as an ECS service of the same name. */
export const SERVICE_OF_API = 'ps-web';
export const SERVICE_OF_WORKER = 'ps-worker';

/** Its labels; the first one names things at AWS. */
const DOMAIN_OR_LABEL = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** What the parts of an installation on ECS are called. */
export interface ServiceNames {
  cluster: string;
  service: string;
  container: string;
}

/**
 * The rule of names: one ECS cluster per domain, `ps-` and the first label of the domain, with a service per part of the
 * installation, whose container is called like it. `testsliderule.org` has the cluster `ps-testsliderule`. Takes the
 * label alone as well. Throws for what is no name of a domain.
 */
export function serviceNames(domain: string, service: string = SERVICE_OF_API): ServiceNames {
  const label = DOMAIN_OR_LABEL.exec(domain.toLowerCase())?.[1];
  if (label === undefined) throw new Error(`"${domain}" is no name of a domain.`);
  return { cluster: `ps-${label}`, service, container: service };
}
