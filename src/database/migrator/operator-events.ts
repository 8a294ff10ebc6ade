import { type Statements } from './migration-store.js';

/** What a person decided about migrations, as the audit log shows it. */
export interface OperatorEvent {
  /** Dotted, past tense: `migration.reverted`. */
  action: string;
  migration: string;
  details?: Record<string, unknown>;
}

/** The actor of `psctl`. */
const ACTOR = 'system:psctl';

/**
 * Writes to the audit log, in the transaction of the change where there is one, unless the log is not there: its table
 * is made by a migration and may be reverted too.
 */
export async function recordEvent(
  client: Statements,
  { action, migration, details = {} }: OperatorEvent,
): Promise<void> {
  const found = await client.query("SELECT to_regclass('audit_events') AS name");
  if (firstOf(found)?.name == null) return;
  await client.query(
    `INSERT INTO audit_events (occurred_at, actor, action, subject_id, details)
     VALUES (clock_timestamp(), $1, $2, $3, $4)`,
    [ACTOR, action, migration, JSON.stringify(details)],
  );
}

/** TypeORM answers with rows, the driver with an object that has them. */
function firstOf(result: unknown): { name: string | null } | undefined {
  const rows = Array.isArray(result) ? result : (result as { rows: unknown[] }).rows;
  return rows[0] as { name: string | null } | undefined;
}
