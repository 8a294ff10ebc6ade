import { type LegacyTable } from '../source/legacy-source.js';
import { type ImportJournal } from './import-journal.js';
import { LegacyRecord, UnreadableValueError } from './legacy-record.js';

/** What became of a row that was not skipped. */
export const TAKEN = '';

/** The tables of the old database by name; one an older schema lacks is empty. */
export class OldRows {
  private readonly tables: ReadonlyMap<string, LegacyTable>;

  constructor(
    tables: readonly LegacyTable[],
    readonly journal: ImportJournal,
  ) {
    this.tables = new Map(tables.map((table) => [table.name, table]));
  }

  /**
   * Maps every row of a table and counts it: `map` answers TAKEN, or why the row stays behind. A row with a value that
   * cannot be read refuses the import. `key` is the column that names rows in the report.
   */
  each(table: string, key: string, map: (record: LegacyRecord, row: string) => string): void {
    const rows = this.tables.get(table)?.rows ?? [];
    this.journal.read(table, rows.length);
    for (const row of rows) {
      const name = row[key] ?? '?';
      try {
        const outcome = map(new LegacyRecord(row), name);
        if (outcome === TAKEN) this.journal.take(table);
        else this.journal.skip(table, outcome);
      } catch (error) {
        if (!(error instanceof UnreadableValueError)) throw error;
        this.journal.note('refuse', table, name, error.message);
        this.journal.skip(table, 'unreadable');
      }
    }
  }
}
