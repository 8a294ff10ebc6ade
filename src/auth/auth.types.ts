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
