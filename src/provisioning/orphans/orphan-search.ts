import { Injectable } from '@nestjs/common';
import { type ClaimedRun } from '../runner/run-journal.js';
import { TargetSynthesizer } from '../targets/target-synthesizer.js';
import { emptyPlaces, lostResources, matchOrphans, type Orphan, type StateResource } from './match-orphans.js';
import { stackResources } from './stack-resources.js';

/** How what exists differs from what the state knows. */
export interface Findings {
  orphans: Orphan[];
  /** What the state has and does not exist. */
  lost: StateResource[];
}

/** Looks for what exists of a cluster and is in no state. */
@Injectable()
export class OrphanSearch {
  constructor(private readonly synthesizer: TargetSynthesizer) {}

  /** Compares what the target has with the run's configuration and state. Throws DomainError when it does not tell. */
  async find({ inputs }: ClaimedRun, configuration: string, recorded: readonly StateResource[]): Promise<Findings> {
    const configured = stackResources(configuration);
    const { resources, listedTypes } = await this.synthesizer.existing(inputs, emptyPlaces(configured, recorded));
    return {
      orphans: matchOrphans(resources, configured, recorded),
      lost: lostResources(resources, listedTypes, recorded),
    };
  }
}
