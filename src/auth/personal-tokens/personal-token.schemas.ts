import { z } from 'zod';
import { TOKEN_SCOPES } from '../../common/access/permissions.js';
import { type PersonalToken } from './personal-tokens.types.js';

export const newPersonalTokenSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^\P{Cc}*$/u, 'must not hold control characters'),
  scopes: z
    .array(z.enum(TOKEN_SCOPES))
    .min(1)
    .max(TOKEN_SCOPES.length)
    .describe('names of permissions the token is limited to; its owner must hold them'),
  organization: z.string().min(1).max(63).nullable().default(null).describe('the only organization it is good for'),
  expiresAt: z.iso.datetime({ offset: true }).describe('ISO 8601 with time zone, at most 366 days ahead'),
});

export const personalTokenIdSchema = z.uuid();

export const personalTokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  organization: z.string().nullable(),
  createdAt: z.string().describe('UTC, ISO 8601'),
  expiresAt: z.string().describe('UTC, ISO 8601'),
  lastUsedAt: z.string().nullable().describe('UTC, ISO 8601; exact to about a minute'),
});

export const createdPersonalTokenSchema = personalTokenSchema.extend({
  token: z.string().describe('the token itself, shown this once'),
});

export const personalTokenListSchema = z.object({ tokens: z.array(personalTokenSchema) });

export type PersonalTokenResponse = z.infer<typeof personalTokenSchema>;

export function toPersonalTokenResponse(token: PersonalToken): PersonalTokenResponse {
  return {
    id: token.id,
    name: token.name,
    scopes: token.scopes,
    organization: token.organization,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
  };
}
