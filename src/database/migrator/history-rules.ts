import { type AuditRow, type Migration, type MigrationHistory } from './migration.types.js';

export interface HistoryAllowances {
  /** Pending migrations may be older than what was applied last. */
  isOutOfOrderAllowed: boolean;
  /** Whatever a newer build has done is taken for harmless. */
  isAheadAllowed: boolean;
  /** Names whose source may have changed since they were applied. */
  acceptedChecksums: readonly string[];
}

export interface HistoryProblem {
  kind: 'dirty' | 'history' | 'databaseAhead' | 'checksum';
  message: string;
  /** The migrations it is about. */
  names: string[];
}

export interface Assessment {
  /** Oldest first. */
  pending: Migration[];
  /** Applied, and not in this build. */
  unknown: string[];
  /** What stands in the way, worst first; with none, what is pending may be applied. */
  problems: HistoryProblem[];
  /** What would stand in the way and was allowed. */
  overridden: HistoryProblem[];
}

/** Compares the migrations of a build with what a database says has been done to it. Asks and changes nothing. */
export function assess(
  build: readonly Migration[],
  history: MigrationHistory,
  allowances: HistoryAllowances = { isOutOfOrderAllowed: false, isAheadAllowed: false, acceptedChecksums: [] },
): Assessment {
  const known = new Set(build.map(({ name }) => name));
  const applied = new Set(history.applied.map(({ name }) => name));
  const pending = build.filter(({ name }) => !applied.has(name)).sort((a, b) => a.timestamp - b.timestamp);
  const unknown = [...applied].filter((name) => !known.has(name));
  const found: [HistoryProblem | null, boolean][] = [
    [dirty(history), false],
    [appliedTwice(history), false],
    [outOfOrder(pending, history), allowances.isOutOfOrderAllowed],
    [ahead(unknown, history.audit), allowances.isAheadAllowed],
    ...changed(build, history).map((problem): [HistoryProblem, boolean] => [
      problem,
      problem.names.every((name) => allowances.acceptedChecksums.includes(name)),
    ]),
  ];
  const having = (isAllowed: boolean): HistoryProblem[] =>
    found.flatMap(([problem, allowed]) => (problem !== null && allowed === isAllowed ? [problem] : []));
  return { pending, unknown, problems: having(false), overridden: having(true) };
}

/**
 * What is true of a migration that has no end, once nobody is at work on it: TypeORM's row is written in the
 * migration's own transaction, so of a transactional one it says whether all of it happened or nothing. Of one without a
 * transaction nobody can tell, and it stays as it is.
 */
export function truthOf(
  row: Pick<AuditRow, 'name' | 'isTransactional'>,
  history: MigrationHistory,
): 'applied' | 'nothing' | 'unclear' {
  if (!row.isTransactional) return 'unclear';
  return history.applied.some(({ name }) => name === row.name) ? 'applied' : 'nothing';
}

export function unfinished({ audit }: MigrationHistory): AuditRow[] {
  return audit.filter(({ finishedAt }) => finishedAt === null);
}

function dirty(history: MigrationHistory): HistoryProblem | null {
  const rows = unfinished(history);
  if (rows.length === 0) return null;
  const names = rows.map(({ name }) => name);
  const notes = rows.map(
    ({ name, startedAt, executedBy, output }) =>
      `${name}, begun ${startedAt.toISOString()} by ${executedBy}${output === '' ? '' : ` (${output})`}`,
  );
  return {
    kind: 'dirty',
    names,
    message:
      `The database may be half changed: ${notes.join('; ')} has no end. Look at what is there, finish or undo it by hand, ` +
      `then say so: psctl db resolve ${names[0]} --applied, or --rolled-back to have it applied again.`,
  };
}

function appliedTwice({ applied }: MigrationHistory): HistoryProblem | null {
  const all = applied.map(({ name }) => name);
  const names = [...new Set(all.filter((name, index) => all.indexOf(name) !== index))];
  if (names.length === 0) return null;
  return {
    kind: 'history',
    names,
    message: `schema_migrations has ${names.join(', ')} more than once. See what was done twice, and delete the second row.`,
  };
}

function outOfOrder(pending: readonly Migration[], { applied }: MigrationHistory): HistoryProblem | null {
  const newest = applied.reduce<{ name: string; timestamp: number } | null>(
    (latest, row) => (latest === null || row.timestamp > latest.timestamp ? row : latest),
    null,
  );
  const late = newest === null ? [] : pending.filter(({ timestamp }) => timestamp < newest.timestamp);
  if (newest === null || late.length === 0) return null;
  const names = late.map(({ name }) => name);
  return {
    kind: 'history',
    names,
    message:
      `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} pending and older than ${newest.name}, which is applied. ` +
      'Give it a newer timestamp if it was merged late, or apply it out of order: psctl db run --allow-out-of-order.',
  };
}

function ahead(unknown: readonly string[], audit: readonly AuditRow[]): HistoryProblem | null {
  const harmless = new Set(audit.filter(({ compat }) => compat === 'expand').map(({ name }) => name));
  const names = unknown.filter((name) => !harmless.has(name));
  if (names.length === 0) return null;
  return {
    kind: 'databaseAhead',
    names,
    message:
      `A newer release has applied ${names.join(', ')}, and nothing says that this release works with that. Start the newer ` +
      'release, or have it revert: psctl db revert. PS_DB_AHEAD=allow starts this one all the same.',
  };
}

function changed(build: readonly Migration[], { audit }: MigrationHistory): HistoryProblem[] {
  const recorded = new Map(audit.map(({ name, sha256 }) => [name, sha256]));
  return build.flatMap(({ name, sha256 }) => {
    const before = recorded.get(name) ?? null;
    if (sha256 === null || before === null || before === sha256) return [];
    const message =
      `${name} was changed after it was applied here (${before.slice(0, 12)}, now ${sha256.slice(0, 12)}). Restore its source and ` +
      `write another migration. If the change means nothing to this database: psctl db run --accept-checksum ${name}.`;
    return [{ kind: 'checksum' as const, names: [name], message }];
  });
}

/** The history as the next start will settle it: what {@link truthOf} can tell of an unfinished migration is told. */
export function settled(history: MigrationHistory): MigrationHistory {
  const audit = history.audit.flatMap((row) => {
    if (row.finishedAt !== null) return [row];
    const truth = truthOf(row, history);
    if (truth === 'nothing') return [];
    return [truth === 'applied' ? { ...row, finishedAt: row.startedAt } : row];
  });
  return { ...history, audit };
}
