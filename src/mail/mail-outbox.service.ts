import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { newId } from '../common/ids/ids.js';
import { Notifier } from '../database/notifier.js';
import { type Transaction } from '../database/transaction.js';
import { MailOutboxRepository } from './mail-outbox.repository.js';
import { MailSeal } from './mail-seal.js';
import { type Mail, type MailKind } from './mail.types.js';

/** How long an address gets no second mail that strangers can ask for (contract section 5.1). */
const COOLDOWN_SECONDS = 180;

/**
 * Mails on their way. One is added in the transaction of the change it tells of: both are stored or none. A worker
 * sends it afterwards, at least once; after a crash at the wrong moment it comes twice.
 */
@Injectable()
export class MailOutboxService {
  constructor(
    private readonly outbox: MailOutboxRepository,
    private readonly seal: MailSeal,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
  ) {}

  async add(tx: Transaction, { kind, to, subject, text }: Mail): Promise<void> {
    const id = newId();
    const sealedText = this.seal.close(text, id);
    await this.outbox.insert(tx, { id, kind, recipient: to, subject, sealedText }, this.clock.now());
  }

  /** Whether the address may get a mail of this kind now; if so, the next one may follow after three minutes. */
  beginCooldown(tx: Transaction, kind: MailKind, to: string): Promise<boolean> {
    const now = this.clock.now();
    return this.outbox.beginCooldown(tx, kind, to, new Date(now.getTime() + COOLDOWN_SECONDS * 1000), now);
  }

  /** Hints that mails were added; call it after the commit. Without it they go out at the next poll. */
  wake(): void {
    this.notifier.publish('ps_mail', '');
  }
}
