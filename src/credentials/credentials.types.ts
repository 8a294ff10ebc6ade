/** Keys of AWS; temporary ones have a session token and an end. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | null;
  expiresAt: Date | null;
}
