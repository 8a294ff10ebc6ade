import { Module } from '@nestjs/common';
import { CapacityModule } from '../capacity/capacity.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountAdministrationService } from './account-administration.service.js';
import { AccountDeletionService } from './account-deletion.service.js';

/** Changes of accounts that reach into other modules. */
@Module({
  imports: [UsersModule, OrganizationsModule, CapacityModule],
  providers: [AccountDeletionService, AccountAdministrationService],
  exports: [AccountDeletionService, AccountAdministrationService],
})
export class AccountsModule {}
