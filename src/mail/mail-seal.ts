import { hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { seal, unseal } from '../common/secret/aead.js';
import { AppConfig } from '../config/app-config.js';

/**
 * Keeps the texts of waiting mails unreadable in the database: they hold links that open accounts, of which everything
 * else stores hashes only. The key is derived from PS_STATE_ENCRYPTION_KEY.
 */
@Injectable()
export class MailSeal {
  private readonly key: Buffer;

  constructor(config: AppConfig) {
    const secret = Buffer.from(config.stateEncryptionKey.reveal(), 'base64');
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'ps-server mail outbox', 32));
  }

  close(text: string, mailId: string): Buffer {
    return seal(this.key, Buffer.from(text), mailId);
  }

  /** Throws when the text was closed with another key or for another mail. */
  open(sealed: Buffer, mailId: string): string {
    return unseal(this.key, sealed, mailId).toString('utf8');
  }
}
