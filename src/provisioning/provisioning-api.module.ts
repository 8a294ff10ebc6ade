import { Module } from '@nestjs/common';
import { ProvisioningModule } from './provisioning.module.js';
import { RunEventsController } from './runs/run-events.controller.js';
import { RunEventsService } from './runs/run-events.service.js';
import { RunsController } from './runs/runs.controller.js';

@Module({
  imports: [ProvisioningModule],
  controllers: [RunsController, RunEventsController],
  providers: [RunEventsService],
})
export class ProvisioningApiModule {}
