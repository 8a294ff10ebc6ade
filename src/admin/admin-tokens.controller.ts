import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { TokenAdministrationService } from '../auth/token-administration.service.js';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { type BulkResult, bulkResultSchema, doToEach } from '../common/paging/bulk.js';
import { toListQuery } from '../common/paging/page.js';
import {
  type AdministeredTokenResponse,
  administeredTokenSchema,
  personalTokenIdSchema,
  personalTokenIdsSchema,
  personalTokenPageSchema,
  personalTokenQuerySchema,
  revokedTokenPageSchema,
  revokedTokenQuerySchema,
  toAdministeredTokenResponse,
  toRevokedTokenResponse,
} from './admin-tokens.schemas.js';

/** Everybody's tokens; never what a token itself is. */
@Controller('admin')
@Requires('tokens.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminTokensController {
  constructor(private readonly tokens: TokenAdministrationService) {}

  @Get('personal-tokens')
  @SerializeOptions({ schema: personalTokenPageSchema })
  async listPersonal(
    @Query({ schema: personalTokenQuerySchema }) query: z.infer<typeof personalTokenQuerySchema>,
  ): Promise<z.infer<typeof personalTokenPageSchema>> {
    const { items, nextCursor } = await this.tokens.listPersonal(toListQuery(query));
    return { tokens: items.map(toAdministeredTokenResponse), nextCursor };
  }

  /** Several at once; each is answered for itself. */
  @Post('personal-tokens/revoke')
  @HttpCode(200)
  @SerializeOptions({ schema: bulkResultSchema })
  revokeMany(
    @Body({ schema: personalTokenIdsSchema }) { ids }: z.infer<typeof personalTokenIdsSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<BulkResult> {
    return doToEach(ids, (id) => this.tokens.revokePersonal(id, actor));
  }

  @Get('personal-tokens/:tokenId')
  @SerializeOptions({ schema: administeredTokenSchema })
  async getPersonal(
    @Param('tokenId', { schema: personalTokenIdSchema }) tokenId: string,
  ): Promise<AdministeredTokenResponse> {
    return toAdministeredTokenResponse(await this.tokens.getPersonal(tokenId));
  }

  /** Programs that use it are refused from now on. */
  @Delete('personal-tokens/:tokenId')
  @SerializeOptions({ schema: administeredTokenSchema })
  async revoke(
    @Param('tokenId', { schema: personalTokenIdSchema }) tokenId: string,
    @CurrentActor() actor: Actor,
  ): Promise<AdministeredTokenResponse> {
    return toAdministeredTokenResponse(await this.tokens.revokePersonal(tokenId, actor));
  }

  /** Refresh tokens that are refused before their time. */
  @Get('revoked-tokens')
  @SerializeOptions({ schema: revokedTokenPageSchema })
  async listRevoked(
    @Query({ schema: revokedTokenQuerySchema }) query: z.infer<typeof revokedTokenQuerySchema>,
  ): Promise<z.infer<typeof revokedTokenPageSchema>> {
    const { items, nextCursor } = await this.tokens.listRevoked(toListQuery(query));
    return { tokens: items.map(toRevokedTokenResponse), nextCursor };
  }
}
