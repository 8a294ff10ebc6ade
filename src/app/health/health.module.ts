import { Module } from '@nestjs/common';
import { SchemaState } from '../../database/migrator/schema-state.js';
import { RunnerModule } from '../../provisioning/runner/runner.module.js';
import { HealthController } from './health.controller.js';
import { HealthRepository } from './health.repository.js';
import { HealthService } from './health.service.js';
import { SchemaDriftWatch } from './schema-drift-watch.js';

const PROVIDERS = [HealthRepository, HealthService, SchemaState, SchemaDriftWatch];

@Module({ controllers: [HealthController], providers: PROVIDERS })
export class HealthModule {}

/** Of a process that executes runs: also tells whether it can. */
@Module({ imports: [RunnerModule], controllers: [HealthController], providers: PROVIDERS })
export class WorkerHealthModule {}
