import { Module } from '@nestjs/common';
import { AuthController } from './auth.controller.js';
import { AuthModule } from './auth.module.js';
import { GithubLoginModule } from './github/github-login.module.js';
import { PersonalTokensController } from './personal-tokens/personal-tokens.controller.js';

/** The logins over HTTP; processes that only guard their routes go without. */
@Module({ imports: [AuthModule, GithubLoginModule], controllers: [AuthController, PersonalTokensController] })
export class AuthApiModule {}
