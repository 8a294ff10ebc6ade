import { type OrphanTakeover } from './orphan-takeover.js';
import { type PhaseEnding } from './run-failure.js';
import { type RunPreflight } from './run-preflight.js';
import { type BeforePlan } from './run-steps.js';

/** What comes before the plan of a cluster's run. */
export class Preparations implements BeforePlan {
  constructor(
    private readonly preflight: RunPreflight,
    private readonly takeover: OrphanTakeover,
  ) {}

  get hasNothingFound(): boolean {
    return this.takeover.hasNothingFound;
  }

  async carryOut(): Promise<PhaseEnding | null> {
    return (await this.preflight.carryOut()) ?? (await this.takeover.carryOut());
  }
}
