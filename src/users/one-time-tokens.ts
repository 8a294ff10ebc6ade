import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { type Transaction } from '../database/transaction.js';
import { OneTimeTokensRepository, type TokenHolder, type TokenPurpose } from './one-time-tokens.repository.js';
import { LinkInvalidError } from './users.errors.js';

const TOKEN_BYTES = 32;
const DAY_SECONDS = 86_400;
/** Verification: contract section 5.1. A link that opens an account is good for a day only. */
const LIFETIME_SECONDS: Record<TokenPurpose, number> = { verify_email: 3 * DAY_SECONDS, reset_password: DAY_SECONDS };

/** What makes links in mails work, once. Only the SHA-256 of a token is stored. */
@Injectable()
export class OneTimeTokens {
  constructor(
    private readonly tokens: OneTimeTokensRepository,
    private readonly clock: Clock,
  ) {}

  async issue(tx: Transaction, purpose: TokenPurpose, holder: TokenHolder): Promise<string> {
    const now = this.clock.now();
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const expiresAt = new Date(now.getTime() + LIFETIME_SECONDS[purpose] * 1000);
    await this.tokens.insert(tx, { ...holder, hash: hashOf(token), purpose, expiresAt }, now);
    return token;
  }

  /** The holder of a token that could be used now. Throws LinkInvalidError. */
  async holder(purpose: TokenPurpose, token: string): Promise<TokenHolder> {
    const holder = await this.tokens.findUsable(hashOf(token), purpose, this.clock.now());
    if (!holder) throw new LinkInvalidError();
    return holder;
  }

  /** Uses the token up; it stays usable when the transaction fails. Throws LinkInvalidError. */
  async use(tx: Transaction, purpose: TokenPurpose, token: string): Promise<TokenHolder> {
    const holder = await this.tokens.use(tx, hashOf(token), purpose, this.clock.now());
    if (!holder) throw new LinkInvalidError();
    return holder;
  }

  /** Ends every token of this purpose that the user was ever sent. */
  async endAll(tx: Transaction, userId: number, purpose: TokenPurpose): Promise<void> {
    await this.tokens.useAll(tx, userId, purpose, this.clock.now());
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
