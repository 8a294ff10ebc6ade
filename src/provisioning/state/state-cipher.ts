import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { type Secret } from '../../common/secret/secret.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A stored state that cannot be decrypted: another key, or bytes that were changed. */
export class StateDecryptionError extends Error {}

/**
 * AES-256-GCM for stored Terraform states. The ciphertext is nonce, tag, data; what the state belongs to is
 * authenticated with it, so a row moved to another organization or serial does not decrypt.
 */
export class StateCipher {
  /** Names the key without telling anything of it. */
  readonly keyId: string;
  private readonly key: Buffer;

  constructor(key: Secret) {
    this.key = Buffer.from(key.reveal(), 'base64');
    this.keyId = createHash('sha256').update('ps-server state key').update(this.key).digest('hex').slice(0, 16);
  }

  encrypt(content: Buffer, belongsTo: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, nonce).setAAD(Buffer.from(belongsTo));
    const data = Buffer.concat([cipher.update(content), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), data]);
  }

  /** Throws {@link StateDecryptionError} unless key, bytes and owner are those of the encryption. */
  decrypt(ciphertext: Buffer, belongsTo: string): Buffer {
    const nonce = ciphertext.subarray(0, NONCE_BYTES);
    const tag = ciphertext.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    try {
      const decipher = createDecipheriv(ALGORITHM, this.key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(belongsTo)).setAuthTag(tag);
      return Buffer.concat([decipher.update(ciphertext.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    } catch (error) {
      throw new StateDecryptionError(
        `The stored state (${belongsTo}) does not decrypt with key ${this.keyId}. ` +
          'Start the service with the PS_STATE_ENCRYPTION_KEY it was stored with.',
        { cause: error },
      );
    }
  }
}
