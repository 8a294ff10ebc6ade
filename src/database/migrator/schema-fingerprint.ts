/** Tables that say what was done, and are no part of what there is. */
const BOOKKEEPING = ['schema_migrations', 'migration_audit'];

/**
 * Everything that migrations make in one schema ($1), as lines that two schemas can be compared by. The schema must be
 * the only one on the search path, so that names of its own are written without it.
 */
const FINGERPRINT = `
  SELECT part FROM (
    SELECT table_name::text AS owner,
           concat_ws(' ', 'column', table_name, column_name, udt_name, character_maximum_length, is_nullable, column_default, is_identity) AS part
      FROM information_schema.columns WHERE table_schema = $1
    UNION ALL
    SELECT c.relname, concat_ws(' ', 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid))
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.connamespace = $1::regnamespace
    UNION ALL
    SELECT tablename, concat_ws(' ', 'index', replace(indexdef, quote_ident($1) || '.', '')) FROM pg_indexes WHERE schemaname = $1
    UNION ALL
    SELECT c.relname, concat_ws(' ', 'trigger', replace(pg_get_triggerdef(t.oid), quote_ident($1) || '.', ''))
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = $1::regnamespace AND NOT t.tgisinternal
    UNION ALL
    SELECT p.proname, concat_ws(' ', 'function', replace(pg_get_functiondef(p.oid), quote_ident($1) || '.', ''))
      FROM pg_proc p WHERE p.pronamespace = $1::regnamespace AND p.prokind = 'f'
  ) AS parts WHERE owner <> ALL ($2) ORDER BY part`;

interface Runner {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** Leaves the search path at the schema. The runner answers with rows, as TypeORM's does. */
export async function fingerprint(runner: Runner, schema: string): Promise<string[]> {
  await runner.query(`SET LOCAL search_path = ${schema}`);
  const found = (await runner.query(FINGERPRINT, [schema, BOOKKEEPING])) as { part: string }[];
  return found.map(({ part }) => part);
}

/** Lines only one of the two has. */
export function differences(present: readonly string[], expected: readonly string[]): string[] {
  const [there, wanted] = [new Set(present), new Set(expected)];
  return [
    ...present.filter((part) => !wanted.has(part)).map((part) => `unexpected: ${part}`),
    ...expected.filter((part) => !there.has(part)).map((part) => `missing: ${part}`),
  ];
}
