import { Controller, HttpCode, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { OrganizationTokensService } from '../auth/organization-tokens.service.js';
import { Access } from '../common/access/access.decorators.js';
import { Answers, Fields } from '../common/http/documented-answers.js';
import { RawBody } from '../common/http/raw-body.js';
import { codedDetailSchema, formAnswers, refreshFieldsSchema } from './legacy-answers.schemas.js';
import { readFields } from './legacy-body.js';
import { LegacyAcceptGuard } from './legacy-media-types.js';
import { LegacyTokenFilter } from './legacy-token.filter.js';
import { slashed } from './legacy-routes.js';

/** How clients of the old contract log out, section 1.4. Any Authorization header is ignored. */
@Controller('api/token')
@Access({ kind: 'legacy' })
@UseGuards(LegacyAcceptGuard)
@UseFilters(LegacyTokenFilter)
export class LegacyBlacklistController {
  constructor(private readonly tokens: OrganizationTokensService) {}

  @Post(slashed('blacklist'))
  @HttpCode(200)
  @Fields(refreshFieldsSchema)
  @Answers(formAnswers({ 200: z.object({}), 401: codedDetailSchema }))
  async blacklist(@Req() { body }: FastifyRequest): Promise<Record<string, never>> {
    const { refresh } = await readFields(RawBody.of(body), ['refresh']);
    await this.tokens.blacklist(refresh);
    return {};
  }
}
