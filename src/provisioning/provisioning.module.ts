import { Module } from '@nestjs/common';
import { RunLogRepository } from './logs/run-log.repository.js';
import { ProvisioningService } from './provisioning.service.js';
import { RunsRepository } from './runs/runs.repository.js';

/** Runs as records: asked for, listed, cancelled. Executing them is ProvisioningWorkerModule's part. */
@Module({
  providers: [RunsRepository, RunLogRepository, ProvisioningService],
  exports: [RunsRepository, RunLogRepository, ProvisioningService],
})
export class ProvisioningModule {}
