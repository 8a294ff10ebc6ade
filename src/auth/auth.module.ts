import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ExpiredRows } from '../database/expired-rows.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { CredentialEndings } from '../users/credential-endings.service.js';
import { UsersModule } from '../users/users.module.js';
import { AccessGuard } from './access.guard.js';
import { IdentityService } from './identity.service.js';
import { KNOWN_FOR_SECONDS, KnownAddressesRepository } from './known-addresses.repository.js';
import { LoginService } from './login.service.js';
import { OrganizationTokensService } from './organization-tokens.service.js';
import { LastUseRecorder } from './personal-tokens/last-use-recorder.js';
import { PersonalTokensRepository } from './personal-tokens/personal-tokens.repository.js';
import { PersonalTokensService } from './personal-tokens/personal-tokens.service.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { RevokedTokensRepository } from './revoked-tokens.repository.js';
import { SessionsService } from './sessions.service.js';
import { TokenAdministrationRepository } from './token-administration.repository.js';
import { TokenAdministrationService } from './token-administration.service.js';
import { SessionSigner, TokenSigner } from './token-signer.js';

/** So that owners see why their program stopped. */
const SHOWN_AFTER_EXPIRY_SECONDS = 30 * 86_400;

/** Who calls, and whether they may. Its guard watches every route of the process. */
@Module({
  imports: [UsersModule, OrganizationsModule, ThrottlingModule],
  providers: [
    TokenSigner,
    SessionSigner,
    RevokedTokensRepository,
    KnownAddressesRepository,
    LoginService,
    RefreshTokensService,
    OrganizationTokensService,
    SessionsService,
    PersonalTokensRepository,
    PersonalTokensService,
    LastUseRecorder,
    TokenAdministrationRepository,
    TokenAdministrationService,
    IdentityService,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [
    OrganizationTokensService,
    SessionsService,
    PersonalTokensService,
    TokenAdministrationService,
    LoginService,
  ],
})
export class AuthModule {
  constructor(expired: ExpiredRows, endings: CredentialEndings, personalTokens: PersonalTokensService) {
    endings.register((tx, user, cause, author) => personalTokens.endAll(tx, user, cause, author));
    expired.register({ table: 'revoked_tokens', column: 'expires_at' });
    expired.register({
      table: 'personal_access_tokens',
      column: 'expires_at',
      keepSeconds: SHOWN_AFTER_EXPIRY_SECONDS,
    });
    expired.register({ table: 'github_flows', column: 'expires_at' });
    expired.register({ table: 'known_addresses', column: 'last_succeeded_at', keepSeconds: KNOWN_FOR_SECONDS });
  }
}
