import type pg from 'pg';
import { MigrationError } from './migration-error.js';
import { readHistory, tableExists } from './migration-store.js';

/**
 * The database of the system being replaced has tables of the same names and other contents: it is imported, never
 * migrated. Throws {@link MigrationError} for it.
 */
export async function refuseForeignDatabase(client: pg.Client): Promise<void> {
  if (!(await tableExists(client, 'django_migrations')) || (await readHistory(client)).applied.length > 0) return;
  throw new MigrationError(
    'needsHuman',
    'This is the database of the system being replaced: it has a table django_migrations. It is left as it is. Give ' +
      'ps-server a database of its own, and take the old data over with "psctl import-legacy".',
  );
}
