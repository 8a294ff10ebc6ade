import { Module } from '@nestjs/common';
import { ClustersModule } from '../clusters/clusters.module.js';
import { ClustersWorkerModule } from '../clusters/clusters-worker.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { CapacityLoop } from './capacity-loop.js';
import { CapacitySizer } from './capacity-sizer.js';
import { CapacityModule } from './capacity.module.js';

/** Sizes clusters. Only processes of the roles `worker` and `all` have it. */
@Module({
  imports: [CapacityModule, ClustersModule, ClustersWorkerModule, OrganizationsModule],
  providers: [CapacitySizer, CapacityLoop],
})
export class CapacityWorkerModule {}
