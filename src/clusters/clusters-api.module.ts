import { Module } from '@nestjs/common';
import { ProvisioningModule } from '../provisioning/provisioning.module.js';
import { ClusterRunsController } from './cluster-runs.controller.js';
import { ClustersModule } from './clusters.module.js';

@Module({ imports: [ClustersModule, ProvisioningModule], controllers: [ClusterRunsController] })
export class ClustersApiModule {}
