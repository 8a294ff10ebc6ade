import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { ProvisioningModule } from './provisioning.module.js';
import { OrphansRepository } from './orphans/orphans.repository.js';
import { JournalStores } from './queue/journal-stores.js';
import { RunClaimer } from './queue/run-claimer.js';
import { RunFinisher } from './queue/run-finisher.js';
import { RunHeartbeat } from './queue/run-heartbeat.js';
import { RunQueueRepository } from './queue/run-queue.repository.js';
import { RunSessions } from './queue/run-sessions.js';
import { RunTransitions } from './queue/run-transitions.js';
import { RunWorker } from './queue/run-worker.js';
import { RunnerModule } from './runner/runner.module.js';
import { StateVersionsRepository } from './state/state-versions.repository.js';

/** Executes runs. Only processes of the roles `worker` and `all` have it. */
@Module({
  imports: [ProvisioningModule, RunnerModule, SettingsModule],
  providers: [
    RunQueueRepository,
    StateVersionsRepository,
    OrphansRepository,
    RunTransitions,
    JournalStores,
    RunFinisher,
    RunSessions,
    RunHeartbeat,
    RunClaimer,
    RunWorker,
  ],
})
export class ProvisioningWorkerModule {}
