import { type ServiceInputs } from './service-inputs.js';

/** Cost accounting groups by `cost-grouping`, so an installation's own tags cannot replace these. */
export function serviceTags({ domain, tags, version }: ServiceInputs): Record<string, string> {
  return {
    ...tags,
    Owner: 'SlideRule',
    Project: `ps-server-${domain}`,
    'cost-grouping': 'ps-server',
    version,
  };
}
