import { Module } from '@nestjs/common';
import { GithubHttp } from './github-http.js';
import { GithubOauthService } from './github-oauth.service.js';
import { GithubUsersService } from './github-users.service.js';

/** The one place that talks to GitHub. */
@Module({
  providers: [GithubHttp, GithubOauthService, GithubUsersService],
  exports: [GithubOauthService, GithubUsersService],
})
export class GithubModule {}
