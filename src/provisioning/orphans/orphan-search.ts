import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { Patience } from '../../database/patience.js';
import { type ClaimedRun } from '../runner/run-journal.js';
import { TargetSynthesizer } from '../targets/target-synthesizer.js';
import { emptyPlaces, lostResources, matchOrphans, type Orphan, type StateResource } from './match-orphans.js';
import { OrphansRepository } from './orphans.repository.js';
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
  constructor(
    private readonly synthesizer: TargetSynthesizer,
    private readonly orphans: OrphansRepository,
    private readonly patience: Patience,
    private readonly clock: Clock,
  ) {}

  /**
   * Compares what the target has with the run's configuration and state, and stores what it found for people to see.
   * Throws DomainError when the target does not tell.
   */
  async find(run: ClaimedRun, configuration: string, recorded: readonly StateResource[]): Promise<Findings> {
    const configured = stackResources(configuration);
    const { resources, listedTypes } = await this.synthesizer.existing(run.inputs, emptyPlaces(configured, recorded));
    const orphans = matchOrphans(resources, configured, recorded);
    await this.record(run, orphans);
    return { orphans, lost: lostResources(resources, listedTypes, recorded) };
  }

  /** Stores which of them are orphans still, now that the state has these resources. */
  async settle(run: ClaimedRun, orphans: readonly Orphan[], recorded: readonly StateResource[]): Promise<void> {
    const left = orphans.filter(({ type, id }) => !recorded.some((known) => known.type === type && known.id === id));
    await this.record(run, left);
  }

  /** Once more changes nothing, so it waits for a database that is away, as the run's journal does. */
  private record(run: ClaimedRun, orphans: readonly Orphan[]): Promise<void> {
    const now = this.clock.now();
    return this.patience.insist(`let run ${run.id} store what is in no state`, () =>
      this.orphans.record(run, orphans, now),
    );
  }
}
