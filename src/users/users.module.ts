import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { AccountChanges } from './account-changes.js';
import { AccountRemovalService } from './account-removal.service.js';
import { UserAdministrationRepository } from './administration/user-administration.repository.js';
import { UserAdministrationService } from './administration/user-administration.service.js';
import { UserChangeStore } from './administration/user-change-store.js';
import { AddressReplacement } from './addresses/address-replacement.js';
import { AddressVerificationService } from './addresses/address-verification.service.js';
import { AddressesRepository } from './addresses/addresses.repository.js';
import { AddressesService } from './addresses/addresses.service.js';
import { CredentialEndings } from './credential-endings.service.js';
import { GroupsRepository } from './groups/groups.repository.js';
import { GroupsService } from './groups/groups.service.js';
import { OneTimeTokens } from './one-time-tokens.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { Authenticator } from './passwords/authenticator.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordResetService } from './passwords/password-reset.service.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { ProfileService } from './profile.service.js';
import { RegistrationService } from './registration.service.js';
import { SocialAccountsRepository } from './social/social-accounts.repository.js';
import { SocialAccountsService } from './social/social-accounts.service.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** People: their accounts, passwords and addresses. */
@Module({
  imports: [MailModule, ThrottlingModule],
  providers: [
    UsersRepository,
    AddressesRepository,
    SocialAccountsRepository,
    OneTimeTokensRepository,
    OneTimeTokens,
    PasswordHasher,
    Authenticator,
    AccountChanges,
    CredentialEndings,
    UsersService,
    PasswordsService,
    PasswordResetService,
    AddressVerificationService,
    AddressesService,
    RegistrationService,
    ProfileService,
    AccountRemovalService,
    SocialAccountsService,
    AddressReplacement,
    UserChangeStore,
    GroupsRepository,
    GroupsService,
    UserAdministrationRepository,
    UserAdministrationService,
  ],
  exports: [
    UsersService,
    PasswordsService,
    PasswordResetService,
    AddressVerificationService,
    AddressesService,
    RegistrationService,
    ProfileService,
    AccountRemovalService,
    CredentialEndings,
    SocialAccountsService,
    UserAdministrationService,
    GroupsService,
  ],
})
export class UsersModule {}
