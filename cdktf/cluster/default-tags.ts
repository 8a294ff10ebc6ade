import { type ClusterInputs } from './cluster-inputs.js';

/** Cost accounting filters on `Project` and groups by `cost-grouping`, so an installation's own tags cannot replace them. */
export function defaultTags({ installation, organizationName, adopted }: ClusterInputs): Record<string, string> {
  return {
    ...installation.tags,
    Owner: 'SlideRule',
    Project: `cluster-${organizationName}`,
    'cost-grouping': organizationName,
    'terraform-base-path': adopted?.terraformBasePath ?? installation.terraformBasePath,
  };
}
