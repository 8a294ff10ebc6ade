/** Inputs no cluster can be made from. Each problem says what is wrong, why it matters and what to do. */
export class ClusterInputsError extends Error {
  readonly code = 'cluster.inputs_invalid';

  constructor(readonly problems: readonly string[]) {
    super(`The cluster cannot be defined. ${problems.join(' ')}`);
    this.name = 'ClusterInputsError';
  }
}

/** A state that does not hold what is needed to take a cluster over. */
export class AdoptionError extends Error {
  readonly code = 'cluster.not_adoptable';

  constructor(readonly problems: readonly string[]) {
    super(`The cluster cannot be taken over from this state. ${problems.join(' ')}`);
    this.name = 'AdoptionError';
  }
}
