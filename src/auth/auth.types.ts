import { type PersonalToken } from './personal-tokens/personal-tokens.types.js';

/** Claims of an organization's access and refresh tokens; clusters verify them themselves (contract section 2). */
export interface OrganizationTokenClaims {
  token_type: string;
  /** Seconds since the epoch. */
  exp: number;
  iat: number;
  /** 32 hexadecimal characters. */
  jti: string;
  org_name: string | null;
  user_name: string | null;
  user_id: number;
}

export interface TokenPair {
  access: string;
  refresh: string;
  /** When the access token expires. */
  expiresAt: Date;
  accessLifetimeSeconds: number;
  refreshLifetimeSeconds: number;
}

/** A personal access token as administrators see it. */
export interface AdministeredPersonalToken extends PersonalToken {
  revokedAt: Date | null;
}

/** A refresh token that is refused before its time. */
export interface RevokedRefreshToken {
  /** Its `jti`. */
  id: string;
  /** Null when the account is not known. */
  userId: number | null;
  username: string | null;
  reason: string;
  revokedAt: Date;
  expiresAt: Date;
}
