import { Injectable } from '@nestjs/common';
import { firstRow, rows } from '../../database/sql.js';
import { storableJson } from '../../database/storable.js';
import { type Transaction } from '../../database/transaction.js';
import { type TargetCount } from '../legacy-import.types.js';
import { type TargetTable } from './target-tables.js';

/** Rows sent to Postgres at once; a statement must not grow without limit. */
const BATCH = 2000;

/** A row that cannot be stored, and why. */
export interface Obstacle {
  key: string;
  message: string;
}

/**
 * Stores imported rows of any table: new ones are inserted, those the old system has changed since the last import are
 * updated. What was changed here since is never overwritten. All comparisons are Postgres' own, on values of the
 * columns' types.
 */
@Injectable()
export class ImportedRowsRepository {
  /** Sends the rows to a table of the transaction and compares them; call it once per table. */
  async stage(tx: Transaction, table: TargetTable, imported: readonly object[]): Promise<void> {
    const staged = stagedName(table);
    const columns = allColumns(table);
    await tx.query(
      `CREATE TEMPORARY TABLE ${staged} ON COMMIT DROP AS SELECT ${columns.join(', ')} FROM ${table.name} WITH NO DATA`,
    );
    for (let start = 0; start < imported.length; start += BATCH) {
      await tx.query(
        `INSERT INTO ${staged} SELECT ${columns.join(', ')} FROM jsonb_populate_recordset(NULL::${staged}, $1::jsonb)`,
        [storableJson(imported.slice(start, start + BATCH))],
      );
    }
    await tx.query(`
      ALTER TABLE ${staged} ADD COLUMN row_key text, ADD COLUMN fingerprint text, ADD COLUMN verdict text;
      UPDATE ${staged} s SET row_key = ${keyText(table, 's')}, fingerprint = ${fingerprint(table, 's')};
      UPDATE ${staged} s SET verdict = CASE
          WHEN known.fingerprint = s.fingerprint THEN 'unchanged'
          WHEN present.fingerprint IS NULL AND known.fingerprint IS NULL THEN 'added'
          WHEN present.fingerprint = s.fingerprint THEN 'equal'
          WHEN known.fingerprint IS NULL THEN 'foreign'
          WHEN present.fingerprint IS NULL THEN 'deleted'
          WHEN present.fingerprint = known.fingerprint THEN 'changed'
          ELSE 'diverged' END
        FROM ${staged} self
        LEFT JOIN imported_rows known ON known.table_name = '${table.name}' AND known.row_key = self.row_key
        LEFT JOIN (SELECT ${keyText(table, 't')} AS row_key, ${fingerprint(table, 't')} AS fingerprint FROM ${table.name} t) present
          ON present.row_key = self.row_key
        WHERE self.row_key = s.row_key;
    `);
  }

  /** What is in the way of the staged rows. */
  async obstacles(tx: Transaction, table: TargetTable): Promise<Obstacle[]> {
    const found = await rows<{ key: string; verdict: keyof typeof OBSTACLES }>(
      tx,
      `SELECT row_key AS key, verdict FROM ${stagedName(table)} WHERE verdict IN ('foreign', 'deleted', 'diverged') ORDER BY 1`,
    );
    const obstacles = found.map(({ key, verdict }) => ({ key, message: OBSTACLES[verdict] }));
    for (const { on, message } of table.rivals ?? []) obstacles.push(...(await this.rivals(tx, table, on, message)));
    return obstacles;
  }

  /** Rows that would belong to a user or an organization that was imported and deleted here since. */
  async orphans(tx: Transaction, table: TargetTable): Promise<Obstacle[]> {
    const obstacles: Obstacle[] = [];
    for (const [column, owners] of OWNERS.filter(([name]) => allColumns(table).includes(name))) {
      const found = await rows<{ key: string }>(
        tx,
        `SELECT row_key AS key FROM ${stagedName(table)} s
         WHERE verdict IN ('added', 'changed') AND ${column} IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM ${owners} o WHERE o.id = s.${column}) ORDER BY 1`,
      );
      obstacles.push(...found.map(({ key }) => ({ key, message: ORPHANED })));
    }
    return obstacles;
  }

  /** Stores the staged rows, of which none may have an obstacle. */
  async write(tx: Transaction, table: TargetTable, now: Date): Promise<TargetCount> {
    const written = Object.keys(table.defaults ?? {});
    const stamps = table.hasUpdatedAt ? ['updated_at'] : [];
    const columns = [...allColumns(table), ...written, ...stamps];
    const values = [
      ...allColumns(table),
      ...Object.values(table.defaults ?? {}),
      ...stamps.map(() => '$1::timestamptz'),
    ];
    const changes = [...table.columns, ...(table.uncompared ?? []), ...stamps].map(
      (column) => `${column} = EXCLUDED.${column}`,
    );
    const conflict = changes.length > 0 ? `UPDATE SET ${changes.join(', ')}` : 'NOTHING';
    const needsTime = values.some((value) => value.startsWith('$1'));
    await tx.query(
      `INSERT INTO ${table.name} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${stagedName(table)}
       WHERE verdict IN ('added', 'changed') ORDER BY ${table.order ?? 'row_key'}
       ON CONFLICT (${table.key.join(', ')}) DO ${conflict}`,
      needsTime ? [now] : [],
    );
    await tx.query(
      `INSERT INTO imported_rows (table_name, row_key, fingerprint, imported_at)
       SELECT $1, row_key, fingerprint, $2 FROM ${stagedName(table)} WHERE verdict <> 'unchanged'
       ON CONFLICT ON CONSTRAINT pk_imported_rows
       DO UPDATE SET fingerprint = EXCLUDED.fingerprint, imported_at = EXCLUDED.imported_at`,
      [table.name, now],
    );
    return this.count(tx, table);
  }

  /** Keys of the rows that were not there before this import. */
  async addedKeys(tx: Transaction, table: TargetTable): Promise<string[]> {
    const added = await rows<{ key: string }>(
      tx,
      `SELECT row_key AS key FROM ${stagedName(table)} WHERE verdict = 'added' ORDER BY 1`,
    );
    return added.map(({ key }) => key);
  }

  /** Keys of rows that were imported before and are not in the source any more. */
  async vanishedKeys(tx: Transaction, table: TargetTable): Promise<string[]> {
    if (table.isShortLived) return [];
    const vanished = await rows<{ key: string }>(
      tx,
      `SELECT row_key AS key FROM imported_rows i WHERE table_name = $1
         AND NOT EXISTS (SELECT 1 FROM ${stagedName(table)} s WHERE s.row_key = i.row_key) ORDER BY 1`,
      [table.name],
    );
    return vanished.map(({ key }) => key);
  }

  private async rivals(tx: Transaction, table: TargetTable, on: string, message: string): Promise<Obstacle[]> {
    const staged = stagedName(table);
    const found = await rows<{ key: string }>(
      tx,
      `SELECT s.row_key AS key FROM ${staged} s JOIN ${table.name} t ON ${on}
       WHERE s.verdict IN ('added', 'changed')
         AND NOT EXISTS (SELECT 1 FROM ${staged} other WHERE other.row_key = ${keyText(table, 't')}) ORDER BY 1`,
    );
    return found.map(({ key }) => ({ key, message }));
  }

  private async count(tx: Transaction, table: TargetTable): Promise<TargetCount> {
    const counted = await firstRow<Omit<TargetCount, 'table'>>(
      tx,
      `SELECT (count(*) FILTER (WHERE verdict = 'added'))::integer AS added,
         (count(*) FILTER (WHERE verdict = 'changed'))::integer AS changed,
         (count(*) FILTER (WHERE verdict IN ('unchanged', 'equal')))::integer AS unchanged FROM ${stagedName(table)}`,
    );
    if (!counted) throw new Error('A SELECT of counts returned no row');
    return { table: table.name, ...counted };
  }
}

const OBSTACLES = {
  foreign:
    'There is such a row here already, it is another one, and it was not imported. Import into a database in which nobody has worked yet, or remove that row.',
  deleted:
    'It was imported, deleted here, and changed in the old system since. Decide by hand, or import into a new database.',
  diverged:
    'It was imported, and has changed both here and in the old system since. Decide by hand, or import into a new database.',
};

const OWNERS: readonly [column: string, table: string][] = [
  ['user_id', '(SELECT id FROM users WHERE deleted_at IS NULL)'],
  ['organization_id', 'organizations'],
];
const ORPHANED =
  'It belongs to an account or organization that was imported, and deleted here since. Delete it in the old system too, or import into a new database.';

function allColumns({ key, columns, onInsert = [], uncompared = [] }: TargetTable): string[] {
  return [...key, ...columns, ...onInsert, ...uncompared];
}

function stagedName({ name }: TargetTable): string {
  return `import_${name}`;
}

function keyText({ key }: TargetTable, alias: string): string {
  return `concat_ws('/', ${key.map((column) => `${alias}.${column}::text`).join(', ')})`;
}

function fingerprint({ key, columns }: TargetTable, alias: string): string {
  const values = [...key, ...columns].map((column) => `${alias}.${column}`).join(', ');
  return `encode(sha256(convert_to(ROW(${values})::text, 'UTF8')), 'hex')`;
}
