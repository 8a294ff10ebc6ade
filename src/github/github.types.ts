/** An account at GitHub, as GitHub just described it. */
export interface GithubUser {
  /** GitHub's number of the account, in digits. It never changes, and never becomes somebody else's. */
  uid: string;
  /** Can be changed at any time, and is then free for others. */
  login: string;
  name: string | null;
}

/** A login on a device without a browser (RFC 8628). */
export interface GithubDeviceCode {
  /** Whoever has it can pick up the token. */
  deviceCode: string;
  /** What the person types at `verificationUri`. */
  userCode: string;
  verificationUri: string;
  expiresInSeconds: number;
  /** How long to wait between two polls. */
  intervalSeconds: number;
}

export type GithubPoll =
  | { status: 'pending' }
  | { status: 'slow_down'; intervalSeconds: number }
  | { status: 'denied' }
  | { status: 'expired' }
  | { status: 'complete'; accessToken: string };
