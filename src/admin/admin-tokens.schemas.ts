import { z } from 'zod';
import { type AdministeredPersonalToken, type RevokedRefreshToken } from '../auth/auth.types.js';
import { TOKEN_SCOPES } from '../common/access/permissions.js';
import { bulkSchema } from '../common/paging/bulk.js';
import { booleanQuery, instantQuery, listQuerySchema, nextCursorSchema } from '../common/paging/page.js';

const userId = z.coerce.number().int().min(1).max(2_147_483_647);

export const personalTokenIdSchema = z.uuid();
export const personalTokenIdsSchema = bulkSchema(personalTokenIdSchema);

export const personalTokenQuerySchema = listQuerySchema(['createdAt', 'expiresAt', 'lastUsedAt'], '-createdAt', {
  userId: userId.optional(),
  organizationId: z.uuid().optional().describe('tokens that are good for this organization only'),
  scope: z.enum(TOKEN_SCOPES).optional(),
  isRevoked: booleanQuery.optional(),
  expiresBefore: instantQuery.optional().describe('exclusive'),
  expiresAfter: instantQuery.optional(),
});

export const revokedTokenQuerySchema = listQuerySchema(['revokedAt', 'expiresAt'], '-revokedAt', {
  userId: userId.optional(),
  reason: z.enum(['rotated', 'blacklisted', 'family', 'imported']).optional(),
});

export const administeredTokenSchema = z.object({
  id: z.uuid(),
  userId: z.number().int(),
  username: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  organization: z.string().nullable().describe('the only organization it is good for'),
  createdAt: z.string().describe('UTC, ISO 8601'),
  expiresAt: z.string(),
  lastUsedAt: z.string().nullable().describe('exact to about a minute'),
  revokedAt: z.string().nullable(),
});
export const personalTokenPageSchema = z.object({
  tokens: z.array(administeredTokenSchema),
  nextCursor: nextCursorSchema,
});

export const revokedTokenPageSchema = z.object({
  tokens: z.array(
    z.object({
      id: z.string().describe('the `jti` of the token'),
      userId: z.number().int().nullable(),
      username: z.string().nullable(),
      reason: z.string(),
      revokedAt: z.string().describe('UTC, ISO 8601'),
      expiresAt: z.string(),
    }),
  ),
  nextCursor: nextCursorSchema,
});

export type AdministeredTokenResponse = z.infer<typeof administeredTokenSchema>;

export function toAdministeredTokenResponse(token: AdministeredPersonalToken): AdministeredTokenResponse {
  const { createdAt, expiresAt, lastUsedAt, revokedAt, ...rest } = token;
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}

export function toRevokedTokenResponse({
  revokedAt,
  expiresAt,
  ...rest
}: RevokedRefreshToken): z.infer<typeof revokedTokenPageSchema>['tokens'][number] {
  return { ...rest, revokedAt: revokedAt.toISOString(), expiresAt: expiresAt.toISOString() };
}
