import { createHash } from 'node:crypto';
import { seal, unseal } from '../../common/secret/aead.js';
import { type Secret } from '../../common/secret/secret.js';

/** A stored state that cannot be decrypted: another key, or bytes that were changed. */
export class StateDecryptionError extends Error {}

/** What a stored state is bound to: its content decrypts under this name only. */
export function stateOwner(organizationId: string, lineage: string, serial: number): string {
  return `${organizationId}/${lineage}/${serial}`;
}

/** Encrypts stored Terraform states; a row moved to another organization or serial does not decrypt. */
export class StateCipher {
  /** Names the key without telling anything of it. */
  readonly keyId: string;
  private readonly key: Buffer;

  constructor(key: Secret) {
    this.key = Buffer.from(key.reveal(), 'base64');
    this.keyId = createHash('sha256').update('ps-server state key').update(this.key).digest('hex').slice(0, 16);
  }

  encrypt(content: Buffer, belongsTo: string): Buffer {
    return seal(this.key, content, belongsTo);
  }

  /** Throws {@link StateDecryptionError} unless key, bytes and owner are those of the encryption. */
  decrypt(ciphertext: Buffer, belongsTo: string): Buffer {
    try {
      return unseal(this.key, ciphertext, belongsTo);
    } catch (error) {
      throw new StateDecryptionError(
        `The stored state (${belongsTo}) does not decrypt with key ${this.keyId}. ` +
          'Start the service with the PS_STATE_ENCRYPTION_KEY it was stored with.',
        { cause: error },
      );
    }
  }
}
