import { Module } from '@nestjs/common';
import { ClusterAdministrationRepository } from './cluster-administration.repository.js';
import { ClusterAdministrationService } from './cluster-administration.service.js';
import { ClustersRepository } from './clusters.repository.js';
import { ClustersService } from './clusters.service.js';

@Module({
  providers: [ClustersRepository, ClustersService, ClusterAdministrationRepository, ClusterAdministrationService],
  exports: [ClustersService, ClustersRepository, ClusterAdministrationService],
})
export class ClustersModule {}
