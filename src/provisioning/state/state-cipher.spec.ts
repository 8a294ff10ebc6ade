import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Secret } from '../../common/secret/secret.js';
import { StateCipher, StateDecryptionError } from './state-cipher.js';

const cipherWithNewKey = (): StateCipher => new StateCipher(new Secret(randomBytes(32).toString('base64')));

describe('StateCipher', () => {
  const cipher = cipherWithNewKey();

  it('gives back what was encrypted', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, owner) => {
        const content = Buffer.from(bytes);
        expect(cipher.decrypt(cipher.encrypt(content, owner), owner).equals(content)).toBe(true);
      }),
    );
  });

  it('detects any changed byte', () => {
    const ciphertext = cipher.encrypt(Buffer.from('{"serial":1}'), 'org/lineage/1');
    for (let index = 0; index < ciphertext.length; index++) {
      const tampered = Buffer.from(ciphertext);
      tampered[index] = (tampered[index] ?? 0) ^ 1;
      expect(() => cipher.decrypt(tampered, 'org/lineage/1')).toThrow(StateDecryptionError);
    }
  });

  it('refuses a state of another owner, another key, or a cut one', () => {
    const ciphertext = cipher.encrypt(Buffer.from('state'), 'org-a/lineage/1');
    expect(() => cipher.decrypt(ciphertext, 'org-b/lineage/1')).toThrow(StateDecryptionError);
    expect(() => cipherWithNewKey().decrypt(ciphertext, 'org-a/lineage/1')).toThrow(StateDecryptionError);
    expect(() => cipher.decrypt(ciphertext.subarray(0, 20), 'org-a/lineage/1')).toThrow(StateDecryptionError);
  });

  it('never yields the same bytes twice', () => {
    const content = Buffer.from('state');
    expect(cipher.encrypt(content, 'o').equals(cipher.encrypt(content, 'o'))).toBe(false);
  });
});
