import { Module } from '@nestjs/common';
import { CapacityModule } from '../capacity/capacity.module.js';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { ClustersModule } from '../clusters/clusters.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ProvisioningModule } from '../provisioning/provisioning.module.js';
import { UsersModule } from '../users/users.module.js';
import { OfferedVersionsController } from './offered-versions.controller.js';
import { OrganizationsController } from './organizations.controller.js';
import { OverviewService } from './overview.service.js';

/** Organizations over HTTP, composed of what several modules know; above all of them and below none. */
@Module({
  imports: [UsersModule, CatalogueModule, OrganizationsModule, ClustersModule, ProvisioningModule, CapacityModule],
  controllers: [OrganizationsController, OfferedVersionsController],
  providers: [OverviewService],
  exports: [OverviewService],
})
export class OverviewModule {}
