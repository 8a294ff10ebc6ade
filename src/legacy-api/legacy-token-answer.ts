import { z } from 'zod';
import { type TokenPair } from '../auth/auth.types.js';
import { utcStamp } from './legacy-format.js';

/** The five keys of every token answer, all texts (contract section 1.4). */
export const tokenAnswerSchema = z.object({
  exp: z.string().describe('when the access token expires: YYYY-MM-DDTHH:MM:SSUTC'),
  access_lifetime: z.string().describe('seconds'),
  refresh_lifetime: z.string().describe('seconds'),
  refresh: z.string(),
  access: z.string(),
});
export type TokenAnswer = z.infer<typeof tokenAnswerSchema>;

export function toTokenAnswer(pair: TokenPair): TokenAnswer {
  return {
    exp: utcStamp(pair.expiresAt),
    access_lifetime: pair.accessLifetimeSeconds.toFixed(1),
    refresh_lifetime: pair.refreshLifetimeSeconds.toFixed(1),
    refresh: pair.refresh,
    access: pair.access,
  };
}
