import { Module } from '@nestjs/common';
import { GithubModule } from '../../github/github.module.js';
import { ThrottlingModule } from '../../throttling/throttling.module.js';
import { UsersModule } from '../../users/users.module.js';
import { AuthModule } from '../auth.module.js';
import { GithubBrowserFlow } from './github-browser-flow.service.js';
import { GithubCookies } from './github-cookies.js';
import { GithubDeviceFlow } from './github-device-flow.service.js';
import { GithubFlowsRepository } from './github-flows.repository.js';
import { GithubLinkController } from './github-link.controller.js';
import { GithubLoginController } from './github-login.controller.js';
import { GithubLoginService } from './github-login.service.js';
import { GithubSecrets } from './github-secrets.js';

/** Logging in through GitHub, and linking an account there. */
@Module({
  imports: [AuthModule, GithubModule, ThrottlingModule, UsersModule],
  controllers: [GithubLoginController, GithubLinkController],
  providers: [
    GithubSecrets,
    GithubCookies,
    GithubFlowsRepository,
    GithubLoginService,
    GithubBrowserFlow,
    GithubDeviceFlow,
  ],
  exports: [GithubLoginService],
})
export class GithubLoginModule {}
