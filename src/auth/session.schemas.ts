import { z } from 'zod';
import { type Session } from './sessions.service.js';

/** The names are those of OAuth 2 (RFC 6749). */
export const sessionSchema = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int().describe('seconds'),
});
export type SessionResponse = z.infer<typeof sessionSchema>;

export function toSessionResponse({ accessToken, expiresInSeconds }: Session): SessionResponse {
  return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds };
}
