import { createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { seal, unseal } from '../../common/secret/aead.js';
import { AppConfig } from '../../config/app-config.js';

const SECRET = /^[\w-]{43}$/;

/**
 * What holds a login through GitHub together. Secrets are 32 random bytes of which only a hash is stored; the keys are
 * derived from PS_STATE_ENCRYPTION_KEY, so all processes have the same.
 */
@Injectable()
export class GithubSecrets {
  private readonly signing: Buffer;
  private readonly sealing: Buffer;

  constructor(config: AppConfig) {
    const master = Buffer.from(config.stateEncryptionKey.reveal(), 'base64');
    const derived = (purpose: string): Buffer =>
      Buffer.from(hkdfSync('sha256', master, '', `ps-server github ${purpose}`, 32));
    this.signing = derived('states');
    this.sealing = derived('device codes');
  }

  make(): string {
    return randomBytes(32).toString('base64url');
  }

  /** What is stored of a secret; null for what cannot be one. */
  hash(secret: string): Buffer | null {
    return SECRET.test(secret) ? hash('sha256', secret, 'buffer') : null;
  }

  /** For a cookie: the state, and proof that it is one of ours. */
  sign(state: string): string {
    return `${state}.${this.mac('state', state)}`;
  }

  /** Whether the browser that brings this state back is the one that was sent with it. */
  isSigned(state: string, cookie: string): boolean {
    const [expected, given] = [Buffer.from(this.sign(state)), Buffer.from(cookie)];
    return expected.length === given.length && timingSafeEqual(expected, given);
  }

  /** The PKCE verifier of a state. It is never stored, and leaves the service only towards GitHub. */
  verifier(state: string): string {
    return this.mac('verifier', state);
  }

  challenge(state: string): string {
    return hash('sha256', this.verifier(state), 'base64url');
  }

  seal(deviceCode: string, flow: Buffer): Buffer {
    return seal(this.sealing, Buffer.from(deviceCode), flow.toString('hex'));
  }

  unseal(sealed: Buffer, flow: Buffer): string {
    return unseal(this.sealing, sealed, flow.toString('hex')).toString('utf8');
  }

  private mac(purpose: string, state: string): string {
    return createHmac('sha256', this.signing).update(`${purpose}:${state}`).digest('base64url');
  }
}
