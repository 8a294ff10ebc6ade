import { Controller, HttpCode, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type TokenPair } from '../auth/auth.types.js';
import { OrganizationTokensService } from '../auth/organization-tokens.service.js';
import { Access } from '../common/access/access.decorators.js';
import { RawBody } from '../common/http/raw-body.js';
import { readFields } from './legacy-body.js';
import { utcStamp } from './legacy-format.js';
import { LegacyTokenFilter } from './legacy-token.filter.js';
import { LegacyAcceptGuard } from './legacy-media-types.js';
import { slashed } from './legacy-routes.js';

/** The five keys of every token answer, all texts. */
interface TokenAnswer {
  exp: string;
  access_lifetime: string;
  refresh_lifetime: string;
  refresh: string;
  access: string;
}

/** Tokens of the old contract, section 1.4. Any Authorization header is ignored. */
@Controller('api/org_token')
@Access({ kind: 'legacy' })
@UseGuards(LegacyAcceptGuard)
@UseFilters(LegacyTokenFilter)
export class LegacyTokensController {
  constructor(private readonly tokens: OrganizationTokensService) {}

  @Post(slashed(''))
  @HttpCode(200)
  async obtain(@Req() { body, ip }: FastifyRequest): Promise<TokenAnswer> {
    const { username, password, org_name } = await readFields(RawBody.of(body), ['username', 'password', 'org_name']);
    return toAnswer(await this.tokens.logIn(username, password, org_name, ip));
  }

  @Post(slashed('refresh'))
  @HttpCode(200)
  async refresh(@Req() { body }: FastifyRequest): Promise<TokenAnswer> {
    const { refresh } = await readFields(RawBody.of(body), ['refresh']);
    return toAnswer(await this.tokens.refresh(refresh));
  }
}

function toAnswer(pair: TokenPair): TokenAnswer {
  return {
    exp: utcStamp(pair.expiresAt),
    access_lifetime: pair.accessLifetimeSeconds.toFixed(1),
    refresh_lifetime: pair.refreshLifetimeSeconds.toFixed(1),
    refresh: pair.refresh,
    access: pair.access,
  };
}
