import { Module } from '@nestjs/common';
import { AwsModule } from '../aws/aws.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ProvisioningModule } from '../provisioning/provisioning.module.js';
import { ClusterAdministrationRepository } from './cluster-administration.repository.js';
import { ClusterAdministrationService } from './cluster-administration.service.js';
import { ClusterAdoptionService } from './cluster-adoption.service.js';
import { ClusterRunsService } from './cluster-runs.service.js';
import { ClusterMachinesService } from './cluster-machines.service.js';
import { ClusterPreflightService } from './cluster-preflight.service.js';
import { ClustersRepository } from './clusters.repository.js';
import { ClustersService } from './clusters.service.js';
import { LiveNodeCountService } from './live-node-count.service.js';
import { OrganizationLifecycleService } from './organization-lifecycle.service.js';

@Module({
  imports: [AwsModule, OrganizationsModule, ProvisioningModule],
  providers: [
    ClustersRepository,
    ClustersService,
    ClusterAdministrationRepository,
    ClusterAdministrationService,
    OrganizationLifecycleService,
    ClusterRunsService,
    ClusterAdoptionService,
    LiveNodeCountService,
    ClusterMachinesService,
    ClusterPreflightService,
  ],
  exports: [
    ClusterPreflightService,
    LiveNodeCountService,
    ClusterMachinesService,
    ClusterAdoptionService,
    ClusterRunsService,
    ClustersService,
    ClustersRepository,
    ClusterAdministrationService,
    OrganizationLifecycleService,
  ],
})
export class ClustersModule {}
