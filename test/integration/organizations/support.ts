import { type Actor } from '../../../src/common/access/actor.js';
import { type TestContext } from '../../support/test-context.js';

export function actor({ id, username }: { id: number; username: string }, rights: Partial<Actor> = {}): Actor {
  return { userId: id, username, isSuperuser: false, permissions: [], ...rights };
}

export const ROOT: Actor = { userId: 0, username: 'root', isSuperuser: true, permissions: [] };

interface AuditRow {
  actor: string;
  action: string;
  details: Record<string, unknown>;
}

/** What was recorded about an organization, oldest first. */
export function audited({ fixtures }: TestContext, organizationId: string): Promise<AuditRow[]> {
  return fixtures.query<AuditRow>(
    'SELECT actor, action, details FROM audit_events WHERE organization_id = $1 ORDER BY id',
    [organizationId],
  );
}

/** How many of the attempts succeeded, and the codes of the errors of the others. */
export function outcomes(results: PromiseSettledResult<unknown>[]): { succeeded: number; codes: string[] } {
  const codes = results.flatMap((result) =>
    result.status === 'rejected' ? [(result.reason as { code?: string }).code ?? String(result.reason)] : [],
  );
  return { succeeded: results.length - codes.length, codes };
}
