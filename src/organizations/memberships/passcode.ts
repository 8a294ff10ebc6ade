import { createHash, randomBytes } from 'node:crypto';

const PASSCODE_BYTES = 16;

/** 128 random bits: 22 characters that survive mail, chat and URLs. */
export function newPasscode(): string {
  return randomBytes(PASSCODE_BYTES).toString('base64url');
}

/**
 * What of a passcode is stored and looked for. A plain SHA-256 is enough for a secret nobody chose; and since only hashes
 * are ever compared, how long a comparison takes says nothing about the code.
 */
export function hashOfPasscode(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
