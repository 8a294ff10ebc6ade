import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { OperatorError } from '../../common/errors/operator-error.js';
import { rows } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { TARGETS } from './target-tables.js';

const LOCK_NOT_AVAILABLE = '55P03';

/** Prepares the transaction of an import, and finishes it. */
@Injectable()
export class TargetSessionRepository {
  /**
   * Others may read but not write until the transaction ends. Throws OperatorError when somebody is writing for so long
   * that it does not get to that.
   */
  async begin(tx: Transaction): Promise<void> {
    const tables = [...Object.values(TARGETS).map(({ name }) => name), 'ledger_entries', 'imported_rows'];
    // Rows are compared as texts, which these settings change.
    await tx.query(`SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL lock_timeout = '5s'`);
    try {
      await tx.query(`LOCK TABLE ${tables.join(', ')} IN SHARE ROW EXCLUSIVE MODE`);
    } catch (error) {
      if (!(error instanceof QueryFailedError) || (error.driverError as { code?: string }).code !== LOCK_NOT_AVAILABLE)
        throw error;
      throw new OperatorError('Somebody else is writing to the database. Stop the service, and import again.', {
        cause: error,
      });
    }
  }

  async groupIds(tx: Transaction): Promise<Map<string, number>> {
    const found = await rows<{ id: number; name: string }>(tx, 'SELECT id, name FROM groups');
    return new Map(found.map(({ id, name }) => [name, id]));
  }

  /** New accounts get ids after all imported ones. Sequences do not roll back, so this comes last. */
  async advanceUserIds(tx: Transaction): Promise<void> {
    await tx.query(`
      SELECT setval(pg_get_serial_sequence('users', 'id'), GREATEST(
        (SELECT max(id) FROM users), (SELECT last_value FROM pg_sequences
         WHERE schemaname = 'public' AND sequencename = 'users_id_seq'), 1))
      WHERE EXISTS (SELECT 1 FROM users)
    `);
  }
}
