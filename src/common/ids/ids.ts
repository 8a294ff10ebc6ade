import { randomBytes, randomUUID } from 'node:crypto';

/** A new random (version 4) UUID for a row. */
export function newId(): string {
  return randomUUID();
}

/** 32 hexadecimal characters, the form of a JWT `jti`. */
export function newTokenId(): string {
  return randomBytes(16).toString('hex');
}
