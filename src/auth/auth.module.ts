import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessGuard } from './access.guard.js';
import { IdentityService } from './identity.service.js';
import { LoginThrottle } from './login-throttle.js';
import { OrganizationTokensService } from './organization-tokens.service.js';
import { RevokedTokensRepository } from './revoked-tokens.repository.js';
import { SessionsService } from './sessions.service.js';
import { TokenSigner } from './token-signer.js';

/** Who calls, and whether they may. Its guard watches every route of the process. */
@Module({
  imports: [UsersModule, OrganizationsModule],
  providers: [
    TokenSigner,
    RevokedTokensRepository,
    LoginThrottle,
    OrganizationTokensService,
    SessionsService,
    IdentityService,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [OrganizationTokensService, SessionsService],
})
export class AuthModule {}
