import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstRow } from '../database/sql.js';
import { type Transaction } from '../database/transaction.js';
import { type MailKind } from './mail.types.js';

export interface StoredMail {
  id: string;
  kind: MailKind;
  recipient: string;
  subject: string;
  sealedText: Buffer;
  /** How often sending was begun, this time included. */
  attempts: number;
}

@Injectable()
export class MailOutboxRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insert(tx: Transaction, mail: Omit<StoredMail, 'attempts'>, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO mail_outbox (id, kind, recipient, subject, sealed_text, status, next_attempt_at, created_at)
       VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6)`,
      [mail.id, mail.kind, mail.recipient, mail.subject, mail.sealedText, now],
    );
  }

  /** True when no cool-down was in force; then one is until `until`. Of two callers at once one wins. */
  async beginCooldown(tx: Transaction, kind: MailKind, recipient: string, until: Date, now: Date): Promise<boolean> {
    const begun = await firstRow(
      tx,
      `INSERT INTO mail_cooldowns AS c (kind, recipient, ends_at) VALUES ($1, lower($2), $3)
       ON CONFLICT ON CONSTRAINT pk_mail_cooldowns DO UPDATE SET ends_at = EXCLUDED.ends_at WHERE c.ends_at <= $4
       RETURNING 1`,
      [kind, recipient, until, now],
    );
    return begun !== null;
  }

  /** Claims the mail that is due longest, for nobody else to send until `leaseEnd`; null when none is due. */
  claimDue(now: Date, leaseEnd: Date): Promise<StoredMail | null> {
    return firstRow(
      this.dataSource,
      `UPDATE mail_outbox SET attempts = attempts + 1, next_attempt_at = $2
       WHERE id = (SELECT id FROM mail_outbox WHERE status = 'waiting' AND next_attempt_at <= $1
                   ORDER BY next_attempt_at, created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, kind, recipient, subject, sealed_text AS "sealedText", attempts`,
      [now, leaseEnd],
    );
  }

  async markSent(id: string, providerMessageId: string, now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE mail_outbox SET status = 'sent', sealed_text = NULL, finished_at = $3, provider_message_id = $2, last_error = NULL
       WHERE id = $1 AND status = 'waiting'`,
      [id, providerMessageId, now],
    );
  }

  async markFailed(id: string, error: string, nextAttemptAt: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE mail_outbox SET last_error = $2, next_attempt_at = $3 WHERE id = $1 AND status = 'waiting'`,
      [id, error, nextAttemptAt],
    );
  }

  async markGivenUp(id: string, error: string, now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE mail_outbox SET status = 'given_up', sealed_text = NULL, finished_at = $3, last_error = $2
       WHERE id = $1 AND status = 'waiting'`,
      [id, error, now],
    );
  }

  /** Forgets mails that were finished before `finishedBefore`, and cool-downs that are over. */
  async deleteOld(finishedBefore: Date, now: Date): Promise<void> {
    await this.dataSource.query('DELETE FROM mail_outbox WHERE finished_at < $1', [finishedBefore]);
    await this.dataSource.query('DELETE FROM mail_cooldowns WHERE ends_at < $1', [now]);
  }
}
