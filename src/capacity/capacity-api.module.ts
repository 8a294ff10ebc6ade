import { Module } from '@nestjs/common';
import { ClustersModule } from '../clusters/clusters.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { CapacityAdmissionService } from './capacity-admission.service.js';
import { CapacityRequestsController } from './capacity-requests.controller.js';
import { CapacityModule } from './capacity.module.js';

@Module({
  imports: [OrganizationsModule, ClustersModule, CapacityModule],
  controllers: [CapacityRequestsController],
  providers: [CapacityAdmissionService],
})
export class CapacityApiModule {}
