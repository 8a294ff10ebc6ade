import { ImportJournal } from '../../src/legacy-import/mapping/import-journal.js';
import { type ImportPlan } from '../../src/legacy-import/mapping/import-plan.js';
import { planImport, type PlanContext } from '../../src/legacy-import/mapping/plan-import.js';
import { type LegacyTable } from '../../src/legacy-import/source/legacy-source.js';
import { type OldDatabase, smallDatabase } from './legacy-dump.js';

const NOW = new Date('2026-11-24T00:00:00Z');

export interface PlanOutcome {
  plan: ImportPlan | null;
  journal: ImportJournal;
  /** All messages of one severity. */
  said: (severity: 'refuse' | 'warn' | 'info') => string;
  /** Reasons why rows of a table stay behind. */
  left: (table: string) => string[];
}

/** What becomes of a database. */
export function importing(database: OldDatabase, over: Partial<PlanContext['options']> = {}): PlanOutcome {
  const tables = Object.entries(database).map(([name, rows]): LegacyTable => ({
    name,
    columns: Object.keys(rows[0] ?? {}),
    rowCount: rows.length,
    rows,
  }));
  const options = {
    target: 'aws' as const,
    organizationNames: new Map(),
    usernames: new Map(),
    ignored: new Set<string>(),
    ...over,
  };
  const journal = new ImportJournal();
  const plan = planImport(tables, { options, now: NOW, isSigned: (token) => token === 'ours' }, journal);
  const said: PlanOutcome['said'] = (severity) =>
    journal.findings
      .filter((finding) => finding.severity === severity)
      .map(({ message }) => message)
      .join('\n');
  const left: PlanOutcome['left'] = (table) =>
    journal
      .sourceCounts()
      .find((count) => count.table === table)
      ?.skipped.map(({ reason }) => reason) ?? [];
  return { plan, journal, said, left };
}

/** The small database with other rows in some tables. */
export const importingWith = (over: OldDatabase, options: Partial<PlanContext['options']> = {}): PlanOutcome =>
  importing({ ...smallDatabase(), ...over }, options);
