import { Module } from '@nestjs/common';
import { CapacityModule } from '../capacity/capacity.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountPagesController } from './account-pages.controller.js';
import { AccountsController } from './accounts.controller.js';
import { AnonymousAccountsService } from './anonymous-accounts.service.js';
import { OwnAccountController } from './own-account.controller.js';
import { OwnAddressesController } from './own-addresses.controller.js';

/** What people do with their own accounts. */
@Module({
  imports: [UsersModule, OrganizationsModule, CapacityModule, ThrottlingModule],
  controllers: [AccountsController, OwnAccountController, OwnAddressesController, AccountPagesController],
  providers: [AccountDeletionService, AnonymousAccountsService],
})
export class AccountsModule {}
