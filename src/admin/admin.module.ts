import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { CapacityModule } from '../capacity/capacity.module.js';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { ClustersModule } from '../clusters/clusters.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ProvisioningModule } from '../provisioning/provisioning.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { UsersModule } from '../users/users.module.js';
import { AdminAuditController } from './admin-audit.controller.js';
import { AdminAwsCredentialsController } from './admin-aws-credentials.controller.js';
import { AdminCapacityController } from './admin-capacity.controller.js';
import { AdminClusterVersionsController } from './admin-cluster-versions.controller.js';
import { AdminClustersController } from './admin-clusters.controller.js';
import { AdminEcsController } from './admin-ecs.controller.js';
import { AdminGroupMembersController } from './admin-group-members.controller.js';
import { AdminGroupsController } from './admin-groups.controller.js';
import { AdminMembershipsController } from './admin-memberships.controller.js';
import { AdminOrganizationMembershipsController } from './admin-organization-memberships.controller.js';
import { AdminOrganizationsBulkController } from './admin-organizations-bulk.controller.js';
import { AdminOrganizationsController } from './admin-organizations.controller.js';
import { AdminOrphansController } from './admin-orphans.controller.js';
import { AdminRunsController } from './admin-runs.controller.js';
import { AdminSettingsController } from './admin-settings.controller.js';
import { AdminStateController } from './admin-state.controller.js';
import { AdminTokensController } from './admin-tokens.controller.js';
import { AdminUserAccessController } from './admin-user-access.controller.js';
import { AdminUsersBulkController } from './admin-users-bulk.controller.js';
import { AdminUsersController } from './admin-users.controller.js';

/** What developers and superusers manage over HTTP. */
@Module({
  imports: [
    UsersModule,
    AccountsModule,
    AuthModule,
    CapacityModule,
    OrganizationsModule,
    ClustersModule,
    CatalogueModule,
    ProvisioningModule,
    SettingsModule,
    AuditModule,
    OperationsModule,
  ],
  controllers: [
    AdminUsersController,
    AdminUsersBulkController,
    AdminUserAccessController,
    AdminGroupsController,
    AdminGroupMembersController,
    AdminOrganizationsController,
    AdminOrganizationsBulkController,
    AdminOrganizationMembershipsController,
    AdminMembershipsController,
    AdminAwsCredentialsController,
    AdminCapacityController,
    AdminTokensController,
    AdminClustersController,
    AdminClusterVersionsController,
    AdminRunsController,
    AdminOrphansController,
    AdminStateController,
    AdminSettingsController,
    AdminAuditController,
    AdminEcsController,
  ],
})
export class AdminModule {}
