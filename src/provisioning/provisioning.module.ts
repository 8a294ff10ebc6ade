import { Module } from '@nestjs/common';
import { RunLogRepository } from './logs/run-log.repository.js';
import { OrphanAdministrationService } from './orphan-administration.service.js';
import { OrphansRepository } from './orphans/orphans.repository.js';
import { ProvisioningService } from './provisioning.service.js';
import { RunAdministrationService } from './run-administration.service.js';
import { RunAdministrationRepository } from './runs/run-administration.repository.js';
import { StateAdministrationService } from './state-administration.service.js';
import { StateAdoptionService } from './state-adoption.service.js';
import { StateArchiveRepository } from './state/state-archive.repository.js';
import { AdoptedContentsRepository } from './targets/adopted-contents.repository.js';
import { PreflightService } from './preflight.service.js';
import { TargetsModule } from './targets/targets.module.js';
import { RunViewService } from './run-view.service.js';
import { RunRequestsService } from './run-requests.service.js';
import { SettingsModule } from '../settings/settings.module.js';
import { RunsRepository } from './runs/runs.repository.js';

/** Runs as records: asked for, listed, cancelled. Executing them is ProvisioningWorkerModule's part. */
@Module({
  imports: [SettingsModule, TargetsModule],
  providers: [
    RunsRepository,
    RunLogRepository,
    ProvisioningService,
    RunRequestsService,
    RunViewService,
    RunAdministrationRepository,
    RunAdministrationService,
    StateArchiveRepository,
    AdoptedContentsRepository,
    OrphansRepository,
    OrphanAdministrationService,
    StateAdministrationService,
    StateAdoptionService,
    PreflightService,
  ],
  exports: [
    RunsRepository,
    RunLogRepository,
    ProvisioningService,
    RunRequestsService,
    RunViewService,
    RunAdministrationService,
    OrphanAdministrationService,
    StateAdministrationService,
    StateAdoptionService,
    PreflightService,
  ],
})
export class ProvisioningModule {}
