import { type INestApplicationContext } from '@nestjs/common';
import pg from 'pg';
import { LegacyImportService } from '../../../src/legacy-import/legacy-import.service.js';
import { type ImportOptions, type ImportReport } from '../../../src/legacy-import/legacy-import.types.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

/** Imports into the database of the services. */
export function importInto(
  services: INestApplicationContext,
  from: string,
  over: Partial<ImportOptions> = {},
): Promise<ImportReport> {
  return services.get(LegacyImportService, { strict: false }).run({
    from,
    isDryRun: false,
    target: 'aws',
    organizationNames: new Map(),
    usernames: new Map(),
    ignored: new Set(),
    ...over,
  });
}

/** Messages of the findings of one severity. */
export function messages({ findings }: ImportReport, severity: 'refuse' | 'warn' | 'info'): string {
  const found = findings.filter((finding) => finding.severity === severity);
  return found.map(({ table, row, message }) => `${table} ${row ?? ''}: ${message}`).join('\n');
}

/** Rows added and changed, by table; tables of which none was are left out. */
export function written({ targets }: ImportReport): Record<string, [added: number, changed: number]> {
  const changes = targets.filter(({ added, changed }) => added + changed > 0);
  return Object.fromEntries(changes.map(({ table, added, changed }) => [table, [added, changed]]));
}

/** A running database with the tables of a dump. */
export async function liveDatabase(dump: string): Promise<TestDatabase> {
  const database = await createTestDatabase('empty');
  const client = new pg.Client({ connectionString: database.url.value });
  await client.connect();
  await client.query(dump);
  await client.end();
  return database;
}
