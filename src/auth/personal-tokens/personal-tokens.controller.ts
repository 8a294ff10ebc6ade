import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Post,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CurrentActor, Requires } from '../../common/access/access.decorators.js';
import { type Actor } from '../../common/access/actor.js';
import {
  createdPersonalTokenSchema,
  newPersonalTokenSchema,
  personalTokenIdSchema,
  personalTokenListSchema,
  type PersonalTokenResponse,
  personalTokenSchema,
  toPersonalTokenResponse,
} from './personal-token.schemas.js';
import { PersonalTokensService } from './personal-tokens.service.js';

/** The caller's own personal access tokens. No token of this kind gets in here: it could make itself a stronger one. */
@Controller('api/v1/account/tokens')
@Requires('account.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class PersonalTokensController {
  constructor(private readonly tokens: PersonalTokensService) {}

  @Get()
  @SerializeOptions({ schema: personalTokenListSchema })
  async list(@CurrentActor() { userId }: Actor): Promise<{ tokens: PersonalTokenResponse[] }> {
    return { tokens: (await this.tokens.listOwn(userId)).map(toPersonalTokenResponse) };
  }

  @Post()
  @SerializeOptions({ schema: createdPersonalTokenSchema })
  async create(
    @CurrentActor() actor: Actor,
    @Body({ schema: newPersonalTokenSchema }) input: z.infer<typeof newPersonalTokenSchema>,
  ): Promise<z.infer<typeof createdPersonalTokenSchema>> {
    const { token, secret } = await this.tokens.create(actor, { ...input, expiresAt: new Date(input.expiresAt) });
    return { ...toPersonalTokenResponse(token), token: secret };
  }

  @Delete(':tokenId')
  @SerializeOptions({ schema: personalTokenSchema })
  async revoke(
    @CurrentActor() actor: Actor,
    @Param('tokenId', { schema: personalTokenIdSchema }) tokenId: string,
  ): Promise<PersonalTokenResponse> {
    return toPersonalTokenResponse(await this.tokens.revokeOwn(actor, tokenId));
  }
}
