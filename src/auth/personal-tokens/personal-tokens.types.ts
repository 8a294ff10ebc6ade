import { type Permission } from '../../common/access/permissions.js';

/** A token as its owner and administrators see it; the secret itself is stored nowhere. */
export interface PersonalToken {
  id: string;
  userId: number;
  username: string;
  name: string;
  /** Permission names; one this version does not know counts for nothing. */
  scopes: string[];
  /** The only organization it is good for; null for all of its owner's. */
  organization: string | null;
  createdAt: Date;
  expiresAt: Date;
  /** Exact to about a minute. */
  lastUsedAt: Date | null;
}

export interface NewPersonalToken {
  name: string;
  scopes: Permission[];
  organization: string | null;
  expiresAt: Date;
}

/** What a presented token is good for. */
export interface PersonalTokenGrant {
  userId: number;
  scopes: Permission[];
  organization: string | null;
}
