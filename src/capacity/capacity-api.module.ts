import { Module } from '@nestjs/common';
import { CapacityRequestsController } from './capacity-requests.controller.js';
import { CapacityModule } from './capacity.module.js';

@Module({ imports: [CapacityModule], controllers: [CapacityRequestsController] })
export class CapacityApiModule {}
