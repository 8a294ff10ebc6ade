import { Injectable } from '@nestjs/common';
import { compactVerify, errors, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { Clock } from '../common/clock/clock.js';
import { AppConfig } from '../config/app-config.js';
import { TokenRejectedError } from './auth.errors.js';

/** Tokens whose signature was checked; a client sends the same one with every request. */
const CACHED_TOKENS = 10_000;
const MAX_TOKEN_LENGTH = 4096;

/** The last second JavaScript has a date for. */
const LATEST_SECOND = 8_640_000_000_000;

const payloadSchema = z.looseObject({ exp: z.number().max(LATEST_SECOND) });

export type VerifiedPayload = z.infer<typeof payloadSchema>;

/** HS256 tokens with the secret the clusters know too. */
@Injectable()
export class TokenSigner {
  private readonly key: Uint8Array;
  private readonly verified = new LRUCache<string, VerifiedPayload>({ max: CACHED_TOKENS });

  constructor(
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.key = new TextEncoder().encode(config.jwtSecret.reveal());
  }

  sign(claims: Record<string, unknown>): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(this.key);
  }

  /** The claims of a token with our signature that has not expired. Throws {@link TokenRejectedError}. */
  async verify(token: string): Promise<VerifiedPayload> {
    const payload = this.verified.get(token) ?? (await this.checkSignature(token));
    // No leeway, and asked every time: a cached token still ends on its second.
    if (payload.exp <= this.clock.nowSeconds()) throw new TokenRejectedError('expired');
    return payload;
  }

  private async checkSignature(token: string): Promise<VerifiedPayload> {
    if (token.length > MAX_TOKEN_LENGTH) throw new TokenRejectedError('invalid');
    try {
      const { payload } = await compactVerify(token, this.key, { algorithms: ['HS256'] });
      const claims = payloadSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
      this.verified.set(token, claims);
      return claims;
    } catch (error) {
      if (isMalformed(error)) throw new TokenRejectedError('invalid');
      throw error;
    }
  }
}

/** Everything that says "these bytes are no token of ours", in contrast to a defect of ours. */
function isMalformed(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError ||
    error instanceof z.ZodError ||
    error instanceof SyntaxError ||
    error instanceof TypeError
  );
}
