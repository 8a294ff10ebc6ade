import {
  Body,
  Controller,
  Get,
  HttpCode,
  Patch,
  Post,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { PasswordsService } from '../users/passwords/passwords.service.js';
import { ProfileService } from '../users/profile.service.js';
import { AccountDeletionService } from './account-deletion.service.js';
import {
  deletionSchema,
  type Outcome,
  outcomeSchema,
  passwordChangeSchema,
  profileChangeSchema,
  type ProfileResponse,
  profileSchema,
  toProfileResponse,
} from './accounts.schemas.js';

/** The caller's own account. */
@Controller('api/v1/account')
@Requires('account.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class OwnAccountController {
  constructor(
    private readonly profiles: ProfileService,
    private readonly passwords: PasswordsService,
    private readonly deletion: AccountDeletionService,
  ) {}

  @Get()
  @SerializeOptions({ schema: profileSchema })
  async get(@CurrentActor() { userId }: Actor): Promise<ProfileResponse> {
    return toProfileResponse(await this.profiles.get(userId));
  }

  @Patch()
  @SerializeOptions({ schema: profileSchema })
  async update(
    @Body({ schema: profileChangeSchema }) change: z.infer<typeof profileChangeSchema>,
    @CurrentActor() { userId }: Actor,
  ): Promise<ProfileResponse> {
    return toProfileResponse(await this.profiles.update(userId, change));
  }

  @Post('password')
  @HttpCode(200)
  @SerializeOptions({ schema: outcomeSchema })
  async changePassword(
    @Body({ schema: passwordChangeSchema }) { currentPassword, newPassword }: z.infer<typeof passwordChangeSchema>,
    @CurrentActor() { userId }: Actor,
  ): Promise<Outcome> {
    await this.passwords.change(userId, currentPassword, newPassword);
    return {
      message:
        'The password was changed, and every session and personal access token of the account has ended, this one too. Log in again.',
    };
  }

  /** Not DELETE: what stands in the way of one often drops its body, and the password is in it. */
  @Post('deletion')
  @HttpCode(200)
  @SerializeOptions({ schema: outcomeSchema })
  async delete(
    @Body({ schema: deletionSchema }) { currentPassword }: z.infer<typeof deletionSchema>,
    @CurrentActor() { userId }: Actor,
  ): Promise<Outcome> {
    await this.deletion.delete(userId, currentPassword);
    return { message: 'The account was deleted.' };
  }
}
