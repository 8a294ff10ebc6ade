import {
  Controller,
  Delete,
  Param,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { UserAdministrationService } from '../users/administration/user-administration.service.js';
import { SocialAccountsService } from '../users/social/social-accounts.service.js';
import { endedSessionsSchema, unlinkedGithubSchema, userIdSchema } from './admin-users.schemas.js';

/** What lets somebody into an account, besides its password. */
@Controller('admin/users/:userId')
@Requires('users.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminUserAccessController {
  constructor(
    private readonly administration: UserAdministrationService,
    private readonly socialAccounts: SocialAccountsService,
  ) {}

  /** Ends every session, refresh token and personal access token of the account; its password stays. */
  @Delete('sessions')
  @SerializeOptions({ schema: endedSessionsSchema })
  async endSessions(
    @Param('userId', { schema: userIdSchema }) userId: number,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof endedSessionsSchema>> {
    const { endedAt, endedTokens } = await this.administration.endSessions(userId, actor);
    return { id: userId, endedAt: endedAt.toISOString(), endedPersonalTokens: endedTokens };
  }

  /** The account at GitHub logs in to this one no more; what is not linked stays so. */
  @Delete('github')
  @SerializeOptions({ schema: unlinkedGithubSchema })
  async unlinkGithub(
    @Param('userId', { schema: userIdSchema }) userId: number,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof unlinkedGithubSchema>> {
    const account = await this.socialAccounts.unlinkBy(actor, userId);
    return { id: userId, github: account && { githubId: account.uid, login: account.login } };
  }
}
