import { Module } from '@nestjs/common';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountPagesController } from './account-pages.controller.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsModule } from './accounts.module.js';
import { AnonymousAccountsService } from './anonymous-accounts.service.js';
import { OwnAccountController } from './own-account.controller.js';
import { OwnAddressesController } from './own-addresses.controller.js';

/** What people do with their own accounts. */
@Module({
  imports: [UsersModule, AccountsModule, ThrottlingModule],
  controllers: [AccountsController, OwnAccountController, OwnAddressesController, AccountPagesController],
  providers: [AnonymousAccountsService],
})
export class AccountsApiModule {}
