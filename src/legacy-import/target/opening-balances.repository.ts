import { Injectable } from '@nestjs/common';
import { rows } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { type OldBalance } from '../mapping/import-plan.js';
import { IMPORT_ACTOR, type TargetCount } from '../legacy-import.types.js';

/** Brings the old balances into the ledger, which is append only. */
@Injectable()
export class OpeningBalancesRepository {
  /**
   * The sum of what this import has ever entered for an organization is its balance in the old system: the first time an
   * opening entry, later the difference. Entries of others do not matter.
   */
  async write(tx: Transaction, balances: readonly OldBalance[], now: Date): Promise<TargetCount> {
    const written = await rows<{ kind: 'opening' | 'adjustment' }>(
      tx,
      `WITH old AS (SELECT (b->>'organization_id')::uuid AS organization_id, (b->>'amount')::numeric(12,4) AS amount
                    FROM jsonb_array_elements($1::jsonb) b),
       due AS (
         SELECT old.organization_id, old.amount - COALESCE(sum(l.amount), 0) AS amount, count(l.id) = 0 AS is_first
         FROM old LEFT JOIN ledger_entries l ON l.organization_id = old.organization_id AND l.created_by = $3
         WHERE EXISTS (SELECT 1 FROM organizations o WHERE o.id = old.organization_id)
         GROUP BY old.organization_id, old.amount)
       INSERT INTO ledger_entries (organization_id, occurred_at, kind, amount, description, created_by)
       SELECT organization_id, $2, CASE WHEN is_first THEN 'opening' ELSE 'adjustment' END, amount,
         CASE WHEN is_first THEN 'Balance of the old system' ELSE 'Change of the balance in the old system since the last import' END, $3
       FROM due WHERE amount <> 0 RETURNING kind`,
      [JSON.stringify(balances), now, IMPORT_ACTOR],
    );
    const added = written.length;
    return { table: 'ledger_entries', added, changed: 0, unchanged: balances.length - added };
  }
}
