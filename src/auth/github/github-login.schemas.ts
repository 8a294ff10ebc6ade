import { z } from 'zod';
import { type SocialAccount } from '../../users/social/social-accounts.types.js';
import { sessionSchema, toSessionResponse } from '../session.schemas.js';
import { type Session } from '../sessions.service.js';
import { type DeviceCodes, type Waiting } from './github-device-flow.service.js';

/**
 * A path of this very site. A second slash or a backslash would make it another host to a browser; spaces and control
 * characters are taken out by browsers and could hide either.
 */
const returnToSchema = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[!-[\]-~]*$/, 'must be a path of this site, such as /accounts/github')
  .describe('where the browser goes at the end; a path of this site');

export const startQuerySchema = z.strictObject({ returnTo: returnToSchema.optional() });

/** Not strict: RFC 6749 (section 4.1.2) has parameters that are not known ignored, and GitHub may add some. */
export const callbackQuerySchema = z.object({
  state: z.string().min(1).max(512),
  code: z.string().min(1).max(512).optional(),
  error: z.string().max(512).optional(),
});

export const redirectSchema = z.object({ location: z.string().describe('the same as in the Location header') });
export type Redirect = z.infer<typeof redirectSchema>;

export const deviceTokenSchema = z.strictObject({ device_code: z.string().min(1).max(200) });

/** The names are those of RFC 8628. */
export const deviceCodesSchema = z.object({
  device_code: z.string().describe('to poll with; keep it secret'),
  user_code: z.string().describe('to type at verification_uri'),
  verification_uri: z.string(),
  expires_in: z.number().int().describe('seconds'),
  interval: z.number().int().describe('seconds to wait between two polls'),
});
export type DeviceCodesResponse = z.infer<typeof deviceCodesSchema>;

export function toDeviceCodesResponse(codes: DeviceCodes): DeviceCodesResponse {
  return {
    device_code: codes.handle,
    user_code: codes.userCode,
    verification_uri: codes.verificationUri,
    expires_in: codes.expiresInSeconds,
    interval: codes.intervalSeconds,
  };
}

const waitingSchema = z.object({
  status: z.enum(['pending', 'slow_down']),
  interval: z.number().int().describe('seconds to wait before the next poll'),
});

export const deviceLoginSchema = z.discriminatedUnion('status', [
  waitingSchema,
  z.object({ status: z.literal('complete'), ...sessionSchema.shape }),
]);
export type DeviceLoginResponse = z.infer<typeof deviceLoginSchema>;

export function toDeviceLoginResponse(outcome: Waiting | Session): DeviceLoginResponse {
  return 'status' in outcome ? toWaiting(outcome) : { status: 'complete', ...toSessionResponse(outcome) };
}

export const githubAccountSchema = z.object({
  githubId: z.string().describe("GitHub's number of the account"),
  login: z.string().describe('its name when it was used last'),
  linkedAt: z.string().describe('UTC, ISO 8601'),
  lastLoginAt: z.string().nullable().describe('UTC, ISO 8601'),
});
export type GithubAccountResponse = z.infer<typeof githubAccountSchema>;
export const linkedGithubSchema = z.object({ github: githubAccountSchema.nullable() });

export function toGithubAccountResponse({ uid, login, linkedAt, lastLoginAt }: SocialAccount): GithubAccountResponse {
  return {
    githubId: uid,
    login,
    linkedAt: linkedAt.toISOString(),
    lastLoginAt: lastLoginAt?.toISOString() ?? null,
  };
}

export const deviceLinkSchema = z.discriminatedUnion('status', [
  waitingSchema,
  z.object({ status: z.literal('complete'), github: githubAccountSchema }),
]);
export type DeviceLinkResponse = z.infer<typeof deviceLinkSchema>;

export function toDeviceLinkResponse(outcome: Waiting | SocialAccount): DeviceLinkResponse {
  return 'status' in outcome ? toWaiting(outcome) : { status: 'complete', github: toGithubAccountResponse(outcome) };
}

const currentPassword = z.string().min(1).max(1024);
export const linkByDeviceSchema = z.strictObject({ currentPassword });
export const linkByBrowserSchema = z.strictObject({ currentPassword, returnTo: returnToSchema.optional() });
export const authorizationSchema = z.object({
  authorizationUrl: z.string().describe('send the browser that asked there, within ten minutes'),
});
export const unlinkedSchema = z.object({ message: z.string() });

function toWaiting({ status, intervalSeconds }: Waiting): z.infer<typeof waitingSchema> {
  return { status, interval: intervalSeconds };
}
