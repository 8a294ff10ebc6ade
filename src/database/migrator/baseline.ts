import { type DatabaseUrl } from '../database-url.js';
import { recordAsApplied } from './corrections.js';
import { refuseForeignDatabase } from './foreign-database.js';
import { MigrationError } from './migration-error.js';
import { createTables, readHistory } from './migration-store.js';
import { type MigrationSession, type SessionOptions, withMigrationSession } from './migration-session.js';
import { MigrationWorker } from './migration-worker.js';
import { find } from './migrator.js';
import { type Migration } from './migration.types.js';
import { differences } from './schema-fingerprint.js';

const SHOWN_DIFFERENCES = 5;

/** After a migration, what a new database differs in from the present one. */
interface Match {
  migration: Migration;
  differences: string[];
}

/**
 * Gives a database that has the tables and no history, such as a dump restored without it, the history it lacks: the
 * migrations after which a new database would be exactly as this one is. `to` says up to which, where several would do.
 * Answers their names. Throws {@link MigrationError} when nothing matches; then nothing is recorded.
 */
export function baseline(url: DatabaseUrl, to: string | undefined, options: SessionOptions): Promise<string[]> {
  return withMigrationSession(url, options, async (session) => {
    const { client, build } = session;
    await refuseForeignDatabase(client);
    const { applied } = await readHistory(client);
    if (applied.length > 0) {
      throw new MigrationError('history', 'This database has a history of migrations already; see "psctl db show".');
    }
    const last = choose(await compare(session), to === undefined ? undefined : find(build, to));
    const migrations = build.filter(({ timestamp }) => timestamp <= last.timestamp);
    await createTables(client);
    await recordAsApplied(session, migrations, 'migration.baselined', 'recorded by a baseline: its tables were there');
    return migrations.map(({ name }) => name);
  });
}

async function compare(session: MigrationSession): Promise<Match[]> {
  const worker = await MigrationWorker.open(session);
  try {
    const { present, states } = await worker.rehearse(session.build);
    if (present.length === 0) {
      throw new MigrationError('history', 'This database is empty. There is nothing to adopt: run "psctl migrate".');
    }
    return states.map(({ migration, parts }) => ({ migration, differences: differences(present, parts) }));
  } finally {
    await worker.close();
  }
}

/** The last migration to record. */
export function choose(matches: readonly Match[], to: Migration | undefined): Migration {
  const exact = matches.filter((match) => match.differences.length === 0).map(({ migration }) => migration);
  if (exact.length === 0) throw noMatch(matches);
  const [first] = exact;
  if (to !== undefined && exact.includes(to)) return to;
  if (to !== undefined || exact.length > 1 || first === undefined) {
    const names = exact.map(({ name }) => name).join(' or ');
    throw new MigrationError(
      'needsHuman',
      `The tables are as after ${names}. Migrations that only change rows leave no trace in them, so say which one was ` +
        'applied last: psctl db baseline --to <name>.',
    );
  }
  return first;
}

function noMatch(matches: readonly Match[]): MigrationError {
  const [nearest] = matches.toSorted((a, b) => a.differences.length - b.differences.length);
  const found = nearest?.differences ?? [];
  const shown = found.slice(0, SHOWN_DIFFERENCES).join('; ');
  return new MigrationError(
    'history',
    `The tables are not what any migration leaves. Nearest is ${nearest?.migration.name ?? 'none'}, with ${found.length} differences: ` +
      `${shown}${found.length > SHOWN_DIFFERENCES ? '; ...' : ''}. Make them the same, or start with an empty database.`,
  );
}
