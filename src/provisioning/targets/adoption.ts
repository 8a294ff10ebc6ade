import { type AdoptedContents } from '../../../cdktf/cluster/adopted-contents.js';
import { AdoptionError } from '../../../cdktf/cluster/cluster-inputs.errors.js';
import { StateNotAdoptableError } from '../provisioning.errors.js';

export { type AdoptedContents } from '../../../cdktf/cluster/adopted-contents.js';

/**
 * The texts the old system made the cluster of this state with, secrets left out. Throws {@link StateNotAdoptableError}
 * with everything that is missing.
 */
export async function readContents(state: string, madeFor: AdoptedContents['madeFor']): Promise<AdoptedContents> {
  // Imported late, as cluster definitions are.
  const { readAdoptedContents } = await import('../../../cdktf/cluster/read-adopted-contents.js');
  try {
    return readAdoptedContents(state, madeFor);
  } catch (error) {
    if (error instanceof AdoptionError) throw new StateNotAdoptableError(error.problems);
    throw error;
  }
}
