import { CredentialsFileError } from '../credentials.errors.js';
import { type AwsCredentials } from '../credentials.types.js';
import { type ProfileValues, readProfile, writeProfile } from './credentials-text.js';

/** What says that a profile is ours to overwrite. */
const MANAGER = 'psctl';
const MANAGED_BY = 'x_managed_by';
const EXPIRATION = 'x_expiration';
const SOURCE = 'x_source_profile';
const SERIAL = 'x_mfa_serial';
/** Written by tools of long ago; some still read it before the real one. */
const FORMER_TOKEN = 'aws_security_token';
const KEYS = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'] as const;

/** A session as it is kept in a profile. */
export interface StoredSession extends AwsCredentials {
  sessionToken: string;
  expiresAt: Date;
  sourceProfile: string | null;
  mfaSerial: string | null;
}

/** Long-term keys of a user, which do not expire. */
export interface LongTermKeys {
  accessKeyId: string;
  secretAccessKey: string;
  mfaSerial: string | null;
  region: string | null;
}

/** The keys of a profile without a session token, or null when it has none. */
export function longTermKeys(values: ProfileValues | null): LongTermKeys | null {
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = values ?? {};
  if (!accessKeyId || !secretAccessKey || hasToken(values)) return null;
  return { accessKeyId, secretAccessKey, mfaSerial: values?.mfa_serial ?? null, region: values?.region ?? null };
}

/** The session in a profile; null when it has none that expires. */
export function storedSession(values: ProfileValues | null): StoredSession | null {
  if (!values) return null;
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = values;
  const sessionToken = values.aws_session_token;
  const expiresAt = new Date(values[EXPIRATION] ?? '');
  if (!accessKeyId || !secretAccessKey || !sessionToken || Number.isNaN(expiresAt.getTime())) return null;
  return {
    ...{ accessKeyId, secretAccessKey, sessionToken, expiresAt },
    sourceProfile: values[SOURCE] ?? null,
    mfaSerial: values[SERIAL] ?? null,
  };
}

/**
 * The file with the session in its profile. Keys that do not expire are never overwritten, because AWS shows them only
 * once: throws {@link CredentialsFileError} unless `moveTo` names a profile they are put into first.
 */
export function withSession(text: string, profile: string, session: StoredSession, moveTo: string | null): string {
  const moved = moveTo === null ? text : movedAway(text, profile, moveTo);
  if (longTermKeys(readProfile(moved, profile))) {
    throw new CredentialsFileError(
      `[${profile}] holds keys that do not expire, and AWS cannot show them again. Choose another profile for the session, or move them away with --move-long-term-to <profile>.`,
    );
  }
  return writeProfile(moved, profile, {
    aws_access_key_id: session.accessKeyId,
    aws_secret_access_key: session.secretAccessKey,
    aws_session_token: session.sessionToken,
    [MANAGED_BY]: MANAGER,
    [EXPIRATION]: session.expiresAt.toISOString(),
    [SOURCE]: session.sourceProfile,
    [SERIAL]: session.mfaSerial,
    [FORMER_TOKEN]: null,
  });
}

/** The file without the session of the profile. Throws {@link CredentialsFileError} when it is not one of ours. */
export function withoutSession(text: string, profile: string): string {
  const values = readProfile(text, profile);
  if (!values || !KEYS.some((key) => key in values)) return text;
  if (values[MANAGED_BY] !== MANAGER)
    throw new CredentialsFileError(`[${profile}] was not written by psctl, so it is left as it is.`);
  const own = [...KEYS, MANAGED_BY, EXPIRATION, SOURCE, SERIAL];
  return writeProfile(text, profile, Object.fromEntries(own.map((key) => [key, null])));
}

function movedAway(text: string, from: string, to: string): string {
  const keys = longTermKeys(readProfile(text, from));
  if (!keys) return text;
  const there = longTermKeys(readProfile(text, to));
  if (there && there.accessKeyId !== keys.accessKeyId)
    throw new CredentialsFileError(`[${to}] holds other keys already. Name a profile that does not exist yet.`);
  const copied = writeProfile(text, to, {
    aws_access_key_id: keys.accessKeyId,
    aws_secret_access_key: keys.secretAccessKey,
    ...(keys.mfaSerial === null ? {} : { mfa_serial: keys.mfaSerial }),
  });
  return writeProfile(copied, from, { aws_access_key_id: null, aws_secret_access_key: null });
}

function hasToken(values: ProfileValues | null): boolean {
  return Boolean(values?.aws_session_token ?? values?.[FORMER_TOKEN]);
}
