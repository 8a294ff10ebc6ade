import { z } from 'zod';
import { type Passcode } from '../organizations.types.js';

const instant = z.string().describe('UTC, ISO 8601');

export const passcodeIdSchema = z.uuid();

export const newPasscodeSchema = z.strictObject({
  role: z.enum(['owner', 'member']).default('member').describe('one for owners needs expiresAt or maxUses'),
  expiresAt: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('ISO 8601; without it the passcode ends when revoked'),
  maxUses: z.number().int().min(1).max(100_000).optional().describe('how many people it lets in'),
});

export type NewPasscodeInput = z.infer<typeof newPasscodeSchema>;

export const passcodeListQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('how many passcodes, newest first'),
});

export const passcodeSchema = z.object({
  id: z.uuid(),
  role: z.string(),
  expiresAt: instant.nullable(),
  maxUses: z.number().int().nullable(),
  uses: z.number().int(),
  createdBy: z.string(),
  createdAt: instant,
  revokedAt: instant.nullable(),
});

export type PasscodeResponse = z.infer<typeof passcodeSchema>;

export const passcodeListSchema = z.object({ passcodes: z.array(passcodeSchema) });

export const createdPasscodeSchema = passcodeSchema.extend({
  passcode: z.string().describe('shown this once; nobody can read it again'),
});

export type CreatedPasscodeResponse = z.infer<typeof createdPasscodeSchema>;

export function toPasscodeResponse({ expiresAt, createdAt, revokedAt, ...passcode }: Passcode): PasscodeResponse {
  return {
    ...passcode,
    expiresAt: expiresAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
