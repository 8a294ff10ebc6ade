import { Module } from '@nestjs/common';
import { RunnerModule } from '../../provisioning/runner/runner.module.js';
import { HealthController } from './health.controller.js';
import { HealthRepository } from './health.repository.js';
import { HealthService } from './health.service.js';
import { SchemaDriftWatch } from './schema-drift-watch.js';

@Module({ controllers: [HealthController], providers: [HealthRepository, HealthService, SchemaDriftWatch] })
export class HealthModule {}

/** Of a process that executes runs: also tells whether it can. */
@Module({
  imports: [RunnerModule],
  controllers: [HealthController],
  providers: [HealthRepository, HealthService, SchemaDriftWatch],
})
export class WorkerHealthModule {}
