import { type ClusterInputs } from './cluster-inputs.js';
import { ownershipTag } from './ownership-tag.js';

/** Cost accounting filters on `Project` and groups by `cost-grouping`, so an installation's own tags cannot replace them. */
export function defaultTags({ installation, organizationName, adopted }: ClusterInputs): Record<string, string> {
  const project = ownershipTag(organizationName);
  return {
    ...installation.tags,
    Owner: 'SlideRule',
    [project.key]: project.value,
    'cost-grouping': organizationName,
    'terraform-base-path': adopted?.terraformBasePath ?? installation.terraformBasePath,
  };
}
