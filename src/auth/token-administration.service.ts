import { Injectable } from '@nestjs/common';
import { type Author } from '../common/access/actor.js';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { type AdministeredPersonalToken, type RevokedRefreshToken } from './auth.types.js';
import { PersonalTokenNotFoundError } from './personal-tokens/personal-tokens.errors.js';
import { PersonalTokensService } from './personal-tokens/personal-tokens.service.js';
import { TokenAdministrationRepository } from './token-administration.repository.js';

/** Everybody's tokens, for those who look after the installation. Secrets are stored nowhere, and hashes stay here. */
@Injectable()
export class TokenAdministrationService {
  constructor(
    private readonly tokens: TokenAdministrationRepository,
    private readonly personalTokens: PersonalTokensService,
  ) {}

  listPersonal(query: ListQuery): Promise<Page<AdministeredPersonalToken>> {
    return this.tokens.listPersonal(query);
  }

  async getPersonal(id: string): Promise<AdministeredPersonalToken> {
    const token = await this.tokens.findPersonal(id);
    if (!token) throw new PersonalTokenNotFoundError(id);
    return token;
  }

  /** At once, and for good. Throws PersonalTokenNotFoundError also when it was revoked before. */
  async revokePersonal(id: string, author: Author): Promise<AdministeredPersonalToken> {
    await this.personalTokens.revokeAny(author, id);
    return this.getPersonal(id);
  }

  /** Refresh tokens that are refused, until they would have expired; those in use are stored nowhere. */
  listRevoked(query: ListQuery): Promise<Page<RevokedRefreshToken>> {
    return this.tokens.listRevoked(query);
  }
}
