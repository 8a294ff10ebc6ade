import { Injectable } from '@nestjs/common';
import { Notifier } from '../../database/notifier.js';
import { Patience } from '../../database/patience.js';
import { RunLogRepository } from '../logs/run-log.repository.js';
import { OrphansRepository } from '../orphans/orphans.repository.js';
import { StateVersionsRepository } from '../state/state-versions.repository.js';
import { RunQueueRepository } from './run-queue.repository.js';
import { RunTransitions } from './run-transitions.js';

/** The stores a run's journal writes to; journals are made per run, so they get them as one value. */
@Injectable()
export class JournalStores {
  constructor(
    readonly transitions: RunTransitions,
    readonly queue: RunQueueRepository,
    readonly logs: RunLogRepository,
    readonly states: StateVersionsRepository,
    readonly orphans: OrphansRepository,
    readonly patience: Patience,
    readonly notifier: Notifier,
  ) {}
}
