import { firstRow } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';

/**
 * A fence above all the organization had: whoever wrote under an older one can write nothing any more. Holds the row
 * until the transaction ends, so that no worker claims a run of the organization meanwhile.
 */
export async function raiseFence(tx: Transaction, organizationId: string): Promise<string> {
  const raised = await firstRow<{ token: string }>(
    tx,
    `INSERT INTO workspaces (organization_id, fencing_token) VALUES ($1, 1)
     ON CONFLICT (organization_id) DO UPDATE SET fencing_token = workspaces.fencing_token + 1
     RETURNING fencing_token AS token`,
    [organizationId],
  );
  return String(raised?.token);
}
