import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { UsersModule } from '../users/users.module.js';
import { AdminMembershipsController } from './admin-memberships.controller.js';
import { AdminOrganizationsController } from './admin-organizations.controller.js';
import { AdminUsersController } from './admin-users.controller.js';

/** What developers and superusers manage over HTTP. */
@Module({
  imports: [UsersModule, OrganizationsModule],
  controllers: [AdminUsersController, AdminOrganizationsController, AdminMembershipsController],
})
export class AdminModule {}
