import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { type Transaction } from './transaction.js';

export interface AuditEvent {
  /** Null for what concerns the whole installation. */
  organizationId: string | null;
  /** `user:<name>` or `system:<part>`. */
  actor: string;
  /** Dotted, past tense: `organization.created`. */
  action: string;
  subjectId: string;
  details?: Record<string, unknown>;
}

/** Who changed what; written in the transaction of the change itself. */
@Injectable()
export class AuditLog {
  constructor(private readonly clock: Clock) {}

  async record(tx: Transaction, event: AuditEvent): Promise<void> {
    await tx.query(
      `INSERT INTO audit_events (occurred_at, organization_id, actor, action, subject_id, details)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        this.clock.now(),
        event.organizationId,
        event.actor,
        event.action,
        event.subjectId,
        JSON.stringify(event.details ?? {}),
      ],
    );
  }
}
