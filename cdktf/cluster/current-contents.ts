import { type AdoptedContents } from './adopted-contents.js';
import { type ClusterInputs } from './cluster-inputs.js';

/** Boot scripts and compose files to use as they are, or null where ours apply. */
export function currentContents({
  adopted,
  clusterVersion,
  isPublic,
  hardening,
}: ClusterInputs): AdoptedContents | null {
  if (adopted === null || hardening.secretsAtBoot) return null;
  const { madeFor } = adopted;
  return madeFor.clusterVersion === clusterVersion && madeFor.isPublic === isPublic ? adopted : null;
}
