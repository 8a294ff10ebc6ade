import { TokenRejectedError } from './auth.errors.js';

/** Claims of a token whose signature is right; everything but `exp` is still as the token says it. */
export interface SignedClaims {
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly [claim: string]: unknown;
}

/** The year 9999: later instants have no calendar date in Postgres' or JavaScript's texts. */
const MAX_EXP = 253_402_300_799;
const MAX_USER_ID = 2_147_483_647;
/** Ours are 32 hexadecimal characters; this is what may safely be looked up. */
const TOKEN_ID = /^[\w-]{1,64}$/;
const STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/** Decodes header and claims. Throws TokenRejectedError when they are not what a token of ours of this type consists of. */
export function readSignedClaims(type: string, header: string, claims: string): SignedClaims {
  const { alg, typ = 'JWT', ...rest } = readObject(header);
  // No `kid`, no `crit`, no `b64`: whoever wrote such a header means something this service does not do.
  if (alg !== 'HS256' || typ !== type || Object.keys(rest).length > 0) throw new TokenRejectedError('invalid');
  const { exp, ...others } = readObject(claims);
  if (typeof exp !== 'number' || !Number.isInteger(exp) || exp > MAX_EXP) throw new TokenRejectedError('invalid');
  // Frozen, because a verified token's claims are kept and handed out again.
  return Object.freeze({ exp, ...others });
}

/** From when on the token is good, in seconds since the epoch. Throws TokenRejectedError when it says it in no number. */
export function readStart({ iat = 0, nbf = 0 }: SignedClaims): number {
  if (!Number.isFinite(iat) || !Number.isFinite(nbf)) throw new TokenRejectedError('invalid');
  return Math.max(Number(iat), Number(nbf));
}

/** The token's id; Postgres is asked for it. Throws TokenRejectedError. */
export function readTokenId({ jti }: SignedClaims): string {
  if (typeof jti !== 'string' || !TOKEN_ID.test(jti)) throw new TokenRejectedError('no_id');
  return jti;
}

/** The user's id: a whole number, or its digits as a text (contract section 2). Throws TokenRejectedError. */
export function readUserId({ user_id }: SignedClaims): number {
  const isDigits = typeof user_id === 'string' && /^\d{1,10}$/.test(user_id);
  const userId = isDigits ? Number(user_id) : user_id;
  if (typeof userId !== 'number' || !Number.isInteger(userId) || userId < 1 || userId > MAX_USER_ID)
    throw new TokenRejectedError('no_user');
  return userId;
}

function readObject(segment: string): Record<string, unknown> {
  const bytes = Buffer.from(segment, 'base64url');
  if (bytes.toString('base64url') !== segment) throw new TokenRejectedError('invalid');
  const text = utf8(bytes);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TokenRejectedError('invalid');
  // Of a claim that is there twice, clusters may take the first and this service the last.
  if (writtenKeys(text) !== distinctKeys(value)) throw new TokenRejectedError('invalid');
  return value as Record<string, unknown>;
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new TokenRejectedError('invalid');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TokenRejectedError('invalid');
  }
}

/** In valid JSON a text followed by a colon is a key, and nothing else is. */
function writtenKeys(json: string): number {
  return [...json.matchAll(STRING)].filter(([, colon]) => colon !== undefined).length;
}

function distinctKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value).reduce<number>((sum, part) => sum + distinctKeys(part), 0);
  return Array.isArray(value) ? inside : inside + Object.keys(value).length;
}
