import { type AuditRow, type Migration, type MigrationHistory } from './migration.types.js';

/** `unfinished`: under way, or broken off; `unknown`: applied, and not in this build. */
export type MigrationState = 'applied' | 'pending' | 'unknown' | 'unfinished';

export interface MigrationStatus {
  name: string;
  state: MigrationState;
  compat: AuditRow['compat'] | null;
  /** When it was applied, or began; null where nothing was recorded. */
  at: Date | null;
  durationMs: number | null;
  /** Of the service that applied it. */
  appVersion: string | null;
  executedBy: string | null;
  /** Whether the source is what was applied; null where one of them is not known. */
  isUnchanged: boolean | null;
}

/** Every migration that this build or the database knows, oldest first. */
export function statesOf(build: readonly Migration[], { applied, audit }: MigrationHistory): MigrationStatus[] {
  const recorded = new Map(audit.map((row) => [row.name, row]));
  const known = new Map(build.map((migration) => [migration.name, migration]));
  const isApplied = new Set(applied.map(({ name }) => name));
  const names = [...new Set([...known.keys(), ...isApplied, ...recorded.keys()])];
  return names
    .sort((a, b) => timestampOf(a) - timestampOf(b))
    .map((name) => {
      const [migration, row] = [known.get(name), recorded.get(name)];
      return {
        name,
        state: stateOf(row, isApplied.has(name), migration !== undefined),
        compat: row?.compat ?? migration?.compat ?? null,
        at: row ? (row.finishedAt ?? row.startedAt) : null,
        durationMs: row?.durationMs ?? null,
        appVersion: row?.appVersion ?? null,
        executedBy: row?.executedBy ?? null,
        isUnchanged: row?.sha256 && migration?.sha256 ? row.sha256 === migration.sha256 : null,
      };
    });
}

function stateOf(row: AuditRow | undefined, isApplied: boolean, isKnown: boolean): MigrationState {
  if (row?.finishedAt === null) return 'unfinished';
  if (!isApplied) return 'pending';
  return isKnown ? 'applied' : 'unknown';
}

function timestampOf(name: string): number {
  return Number(name.slice(-13));
}
