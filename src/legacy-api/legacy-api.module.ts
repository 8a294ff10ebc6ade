import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AuthModule } from '../auth/auth.module.js';
import { GithubLoginModule } from '../auth/github/github-login.module.js';
import { CapacityModule } from '../capacity/capacity.module.js';
import { ClustersModule } from '../clusters/clusters.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { UsersModule } from '../users/users.module.js';
import { LegacyAccess } from './legacy-access.js';
import { LegacyBlacklistController } from './legacy-blacklist.controller.js';
import { LegacyGithubTokenController } from './legacy-github-token.controller.js';
import { LegacyCapacityController } from './legacy-capacity.controller.js';
import { LegacyProvisioningController } from './legacy-provisioning.controller.js';
import { LegacyStatusController } from './legacy-status.controller.js';
import { LegacyTokensController } from './legacy-tokens.controller.js';
import { LegacyErrorsFilter } from './legacy-errors.filter.js';
import { LegacyOrganizationController } from './legacy-organization.controller.js';
import { MemberClusterRepository } from './member-cluster.repository.js';
import { PingController } from './ping.controller.js';
import { UnmatchedRoutes } from './unmatched-routes.js';

/** The REST contract of the system being replaced; existing clients must not notice the difference. */
@Module({
  imports: [
    AuthModule,
    GithubLoginModule,
    OrganizationsModule,
    CapacityModule,
    ClustersModule,
    SettingsModule,
    ThrottlingModule,
    UsersModule,
  ],
  controllers: [
    LegacyTokensController,
    LegacyGithubTokenController,
    LegacyBlacklistController,
    LegacyStatusController,
    LegacyCapacityController,
    LegacyOrganizationController,
    LegacyProvisioningController,
    PingController,
  ],
  providers: [
    LegacyAccess,
    MemberClusterRepository,
    UnmatchedRoutes,
    { provide: APP_FILTER, useClass: LegacyErrorsFilter },
  ],
})
export class LegacyApiModule {}
