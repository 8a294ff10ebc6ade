/** How long a session with a second factor may last (GetSessionToken), and does unless told, in seconds. */
export const SHORTEST_SESSION = 900;
export const LONGEST_SESSION = 129_600;
export const USUAL_SESSION = 43_200;

/** A code of a device. */
export const MFA_CODE = /^\d{6}$/;

/** Keys of AWS; temporary ones have a session token and an end. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | null;
  expiresAt: Date | null;
}

/** What is to be logged in to. */
export interface LoginRequest {
  /** Profile with the keys that do not expire; null to find the only one there is. */
  sourceProfile: string | null;
  /** Profile the session is written to. */
  profile: string;
  /** Serial of the device; null to find it out. */
  serial: string | null;
  durationSeconds: number;
  /** Also when the session there is lasts long enough. */
  isForced: boolean;
  /** Where keys that do not expire go that stand in the way; null: they stay, and the login is refused. */
  moveLongTermTo: string | null;
  hasBackup: boolean;
  /** A role to take on with the session, and the profile for that. */
  role: { arn: string; profile: string; externalId: string | null; durationSeconds: number } | null;
}

/** Asks the person; only called when it has to be known. */
export interface LoginQuestions {
  code: (serial: string) => Promise<string>;
  /** One of several devices. */
  device: (serials: string[]) => Promise<string>;
}

/** What is known of the credentials in use; no secret is in it. */
export interface CredentialsStatus {
  /** `container`: given by ECS; `environment`: variables; `session` and `long-term`: a profile; `none`. */
  kind: 'container' | 'environment' | 'session' | 'long-term' | 'none';
  profile: string | null;
  /** The last four characters. */
  accessKeySuffix: string | null;
  expiresAt: Date | null;
  /** By the clock of AWS where it was asked; null for what does not expire. */
  remainingSeconds: number | null;
  sourceProfile: string | null;
  mfaSerial: string | null;
  /** Null when AWS was not asked. */
  account: string | null;
  arn: string | null;
  /** How far this machine's clock is behind that of AWS. */
  clockOffsetMs: number | null;
}

/** Something {@link MfaSessionService.examine} found. */
export interface CredentialsFinding {
  id: string;
  severity: 'pass' | 'warn' | 'fail';
  message: string;
}
