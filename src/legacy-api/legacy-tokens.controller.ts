import { Controller, HttpCode, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { OrganizationTokensService } from '../auth/organization-tokens.service.js';
import { Access } from '../common/access/access.decorators.js';
import { Answers, Fields } from '../common/http/documented-answers.js';
import { RawBody } from '../common/http/raw-body.js';
import { codedDetailSchema, detailSchema, formAnswers, refreshFieldsSchema } from './legacy-answers.schemas.js';
import { readFields } from './legacy-body.js';
import { type TokenAnswer, tokenAnswerSchema, toTokenAnswer } from './legacy-token-answer.js';
import { LegacyTokenFilter } from './legacy-token.filter.js';
import { LegacyAcceptGuard } from './legacy-media-types.js';
import { slashed } from './legacy-routes.js';

const loginFieldsSchema = z.object({ username: z.string(), password: z.string(), org_name: z.string() });

/** Without a code when it is not the token but its user who is refused. */
const refreshRefusedSchema = z.union([codedDetailSchema, detailSchema]);

/** Tokens of the old contract, section 1.4. Any Authorization header is ignored. */
@Controller('api/org_token')
@Access({ kind: 'legacy' })
@UseGuards(LegacyAcceptGuard)
@UseFilters(LegacyTokenFilter)
export class LegacyTokensController {
  constructor(private readonly tokens: OrganizationTokensService) {}

  @Post(slashed(''))
  @HttpCode(200)
  @Fields(loginFieldsSchema)
  @Answers(formAnswers({ 200: tokenAnswerSchema, 401: detailSchema, 403: detailSchema, 429: detailSchema }))
  async obtain(@Req() { body, ip }: FastifyRequest): Promise<TokenAnswer> {
    const { username, password, org_name } = await readFields(RawBody.of(body), ['username', 'password', 'org_name']);
    return toTokenAnswer(await this.tokens.logIn(username, password, org_name, ip));
  }

  @Post(slashed('refresh'))
  @HttpCode(200)
  @Fields(refreshFieldsSchema)
  @Answers(formAnswers({ 200: tokenAnswerSchema, 401: refreshRefusedSchema, 403: detailSchema }))
  async refresh(@Req() { body }: FastifyRequest): Promise<TokenAnswer> {
    const { refresh } = await readFields(RawBody.of(body), ['refresh']);
    return toTokenAnswer(await this.tokens.refresh(refresh));
  }
}
