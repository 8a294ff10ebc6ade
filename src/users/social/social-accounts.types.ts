/** Somebody's account elsewhere that opens an account here. */
export interface SocialAccount {
  userId: number;
  /** Its number there. */
  uid: string;
  /** Its name there when it was used last. */
  login: string;
  linkedAt: Date;
  lastLoginAt: Date | null;
}

/** Who somebody is elsewhere, as that place itself just said. */
export interface ExternalIdentity {
  uid: string;
  login: string;
  /** The full name; null when it is not told. */
  name: string | null;
}
