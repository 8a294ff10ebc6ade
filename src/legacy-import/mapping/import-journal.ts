import { type Finding, type Severity, type SourceCount } from '../legacy-import.types.js';

/** Keeps account of every row that was read, so that none disappears without a word. */
export class ImportJournal {
  readonly findings: Finding[] = [];
  private readonly counts = new Map<string, { read: number; taken: number; skipped: Map<string, number> }>();

  note(severity: Severity, table: string, row: string | null, message: string): void {
    this.findings.push({ severity, table, row, message });
  }

  read(table: string, rows: number): void {
    this.of(table).read += rows;
  }

  take(table: string): void {
    this.of(table).taken++;
  }

  /** One row of `table` has no counterpart here. `reason` groups rows in the report. */
  skip(table: string, reason: string): void {
    const { skipped } = this.of(table);
    skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  }

  isRefused(): boolean {
    return this.findings.some(({ severity }) => severity === 'refuse');
  }

  /** Throws when a row was neither taken nor skipped: that would be a mistake of the import itself. */
  sourceCounts(): SourceCount[] {
    return [...this.counts].map(([table, { read, taken, skipped }]) => {
      const reasons = [...skipped].map(([reason, count]) => ({ reason, count }));
      const told = reasons.reduce((sum, { count }) => sum + count, taken);
      if (told !== read) throw new Error(`${table}: ${read} rows were read, and ${told} accounted for`);
      return { table, read, taken, skipped: reasons };
    });
  }

  private of(table: string): { read: number; taken: number; skipped: Map<string, number> } {
    const known = this.counts.get(table) ?? { read: 0, taken: 0, skipped: new Map<string, number>() };
    this.counts.set(table, known);
    return known;
  }
}
