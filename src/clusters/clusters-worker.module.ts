import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ProvisioningModule } from '../provisioning/provisioning.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { ClusterReconcileLoop } from './cluster-reconcile-loop.js';
import { ClusterReconcilerService } from './cluster-reconciler.service.js';
import { DriftCheckLoop } from './drift-check-loop.js';
import { ClustersModule } from './clusters.module.js';

/** Keeps clusters as they should be. Only processes of the roles `worker` and `all` have it. */
@Module({
  imports: [ClustersModule, OrganizationsModule, ProvisioningModule, SettingsModule],
  providers: [ClusterReconcilerService, ClusterReconcileLoop, DriftCheckLoop],
  exports: [ClusterReconcilerService],
})
export class ClustersWorkerModule {}
