import { CredentialsInputError } from '../credentials.errors.js';
import { LONGEST_SESSION, MFA_CODE, SHORTEST_SESSION } from '../credentials.types.js';

/** A role taken on with a session, which is chaining. */
export const LONGEST_ROLE = 3_600;
/** A session with more than this left is used on. */
export const REUSED_SECONDS = 900;
/** Beyond this AWS refuses what is signed by a clock. */
export const LARGEST_SKEW_MS = 60_000;

/** The code as it was typed. Throws {@link CredentialsInputError} before it is spent. */
export function checkCode(typed: string): string {
  const code = typed.trim();
  if (!MFA_CODE.test(code)) throw new CredentialsInputError('A code has exactly six digits. It was not sent.');
  return code;
}

/** Throws {@link CredentialsInputError}. */
export function checkDuration(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= SHORTEST_SESSION && seconds <= LONGEST_SESSION) return seconds;
  throw new CredentialsInputError(`A session lasts from ${SHORTEST_SESSION} to ${LONGEST_SESSION} seconds.`);
}

/** Throws {@link CredentialsInputError} for what is no device, or one without codes. */
export function checkSerial(serial: string): string {
  if (isPasskey(serial))
    throw new CredentialsInputError('A passkey has no codes. Register an authenticator app for this user as well.');
  if (/^arn:aws[\w-]*:iam::\d{12}:mfa\/[\w+=,.@/-]+$/.test(serial) || /^[A-Z0-9]{8,16}$/.test(serial)) return serial;
  throw new CredentialsInputError('The serial of a device looks like arn:aws:iam::123456789012:mfa/name.');
}

/** Passkeys sign and have no codes to type. */
export function isPasskey(serial: string): boolean {
  return serial.includes(':u2f/');
}

/** The usual serial of a virtual device: named like its user. Null for what is no user. */
export function guessedSerial(arn: string): string | null {
  const [, start, user] = /^(arn:aws[\w-]*:iam::\d{12}:)user\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  return start === undefined || user === undefined ? null : `${start}mfa/${user}`;
}

/** A name for the session of a role, from whom it is for. */
export function roleSessionName(arn: string): string {
  const user = arn.split('/').at(-1) ?? '';
  return `ps-server-${user}`.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);
}
