/** A stored line of the audit log. */
export interface AuditRecord {
  /** Grows with time; a text, because it may not fit a number. */
  id: string;
  occurredAt: Date;
  /** Null for what concerns the whole installation. */
  organizationId: string | null;
  organizationName: string | null;
  actor: string;
  action: string;
  subjectId: string;
  details: Record<string, unknown>;
}
