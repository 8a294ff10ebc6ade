import { Module } from '@nestjs/common';
import { CapacityModule } from '../capacity/capacity.module.js';
import { ClustersModule } from '../clusters/clusters.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ProvisioningModule } from '../provisioning/provisioning.module.js';
import { UsersModule } from '../users/users.module.js';
import { OrganizationsController } from './organizations.controller.js';
import { OverviewService } from './overview.service.js';

/** Organizations over HTTP, composed of what several modules know; above all of them and below none. */
@Module({
  imports: [UsersModule, OrganizationsModule, ClustersModule, ProvisioningModule, CapacityModule],
  controllers: [OrganizationsController],
  providers: [OverviewService],
  exports: [OverviewService],
})
export class OverviewModule {}
