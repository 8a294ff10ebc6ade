import { z } from 'zod';
import { LONGEST_SESSION, MFA_CODE, SHORTEST_SESSION, USUAL_SESSION } from '../credentials/credentials.types.js';

/** Nothing that could be another line or another section of the file. */
const profile = z.string().regex(/^[\w.@+=,:/-]{1,128}$/, 'must be the name of a profile');

export const awsCredentialsQuerySchema = z.strictObject({
  profile: profile.optional().describe('this profile, instead of the credentials in use'),
});

export const awsSessionQuerySchema = z.strictObject({ profile: profile.default('default') });

export const awsLoginSchema = z.strictObject({
  code: z.string().regex(MFA_CODE, 'must have six digits').describe('of the device; each works once'),
  profile: profile.default('default').describe('where the session goes'),
  sourceProfile: profile
    .optional()
    .describe('whose keys, which do not expire; without it the only profile that has any'),
  serial: z.string().max(256).optional().describe('of the device; without it the one AWS tells of'),
  durationSeconds: z.int().min(SHORTEST_SESSION).max(LONGEST_SESSION).default(USUAL_SESSION),
  isForced: z.boolean().default(false).describe('also when the session there lasts long enough'),
});

export const awsCredentialsSchema = z.object({
  kind: z.enum(['container', 'environment', 'session', 'long-term', 'none']).describe('where they come from'),
  profile: z.string().nullable(),
  accessKeySuffix: z.string().nullable().describe('the last four characters of the key id'),
  expiresAt: z.string().nullable().describe('UTC, ISO 8601; null for what does not expire'),
  remainingSeconds: z.int().nullable().describe('by the clock of AWS'),
  sourceProfile: z.string().nullable(),
  mfaSerial: z.string().nullable(),
  account: z.string().nullable(),
  arn: z.string().nullable(),
  clockOffsetMs: z.int().nullable().describe("how far this machine's clock is behind that of AWS"),
});

export const awsLogoutSchema = z.object({ wasThere: z.boolean().describe('whether there was a session to remove') });

export const awsSessionSchema = awsCredentialsSchema.extend({
  isReused: z.boolean().describe('whether a session that was there is used on; the code was not needed then'),
});
