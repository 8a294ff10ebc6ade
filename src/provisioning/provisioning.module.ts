import { Module } from '@nestjs/common';
import { RunLogRepository } from './logs/run-log.repository.js';
import { ProvisioningService } from './provisioning.service.js';
import { RunAdministrationService } from './run-administration.service.js';
import { RunAdministrationRepository } from './runs/run-administration.repository.js';
import { RunsRepository } from './runs/runs.repository.js';

/** Runs as records: asked for, listed, cancelled. Executing them is ProvisioningWorkerModule's part. */
@Module({
  providers: [
    RunsRepository,
    RunLogRepository,
    ProvisioningService,
    RunAdministrationRepository,
    RunAdministrationService,
  ],
  exports: [RunsRepository, RunLogRepository, ProvisioningService, RunAdministrationService],
})
export class ProvisioningModule {}
