import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ProvisioningModule } from '../provisioning/provisioning.module.js';
import { ClusterAdministrationRepository } from './cluster-administration.repository.js';
import { ClusterAdministrationService } from './cluster-administration.service.js';
import { ClusterAdoptionService } from './cluster-adoption.service.js';
import { ClusterRunsService } from './cluster-runs.service.js';
import { ClustersRepository } from './clusters.repository.js';
import { ClustersService } from './clusters.service.js';
import { OrganizationLifecycleService } from './organization-lifecycle.service.js';

@Module({
  imports: [OrganizationsModule, ProvisioningModule],
  providers: [
    ClustersRepository,
    ClustersService,
    ClusterAdministrationRepository,
    ClusterAdministrationService,
    OrganizationLifecycleService,
    ClusterRunsService,
    ClusterAdoptionService,
  ],
  exports: [
    ClusterAdoptionService,
    ClusterRunsService,
    ClustersService,
    ClustersRepository,
    ClusterAdministrationService,
    OrganizationLifecycleService,
  ],
})
export class ClustersModule {}
