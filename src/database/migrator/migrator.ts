import { type DatabaseUrl } from '../database-url.js';
import { withClient } from '../with-client.js';
import { applyMigration } from './apply-migration.js';
import { refuseForeignDatabase } from './foreign-database.js';
import { assess, type Assessment, type HistoryAllowances, type HistoryProblem, settled } from './history-rules.js';
import { MigrationError } from './migration-error.js';
import { loadBuild } from './migration-files.js';
import { addNote, readHistory, setChecksum } from './migration-store.js';
import {
  type MigrationSession,
  type SessionOptions,
  settleRecords,
  withMigrationSession,
} from './migration-session.js';
import { MigrationWorker } from './migration-worker.js';
import { type Migration, type MigrationHistory } from './migration.types.js';
import { recordEvent } from './operator-events.js';

const APPLICATION = 'ps-server migrations';

export interface MigrateOptions extends SessionOptions, Partial<HistoryAllowances> {
  /** Name of the last migration to apply; every pending one otherwise. */
  to?: string | undefined;
  /** Whether breaking migrations need a snapshot; not where nothing is lost that cannot be made again. */
  isSnapshotNeeded?: boolean | undefined;
  /** Of the database, taken before; recorded with breaking migrations. */
  snapshotId?: string | undefined;
}

/**
 * Applies pending migrations, each in its own transaction unless it says otherwise, while no other process can. Answers
 * the names applied. Without any, and with nothing to settle, it does not wait for others. Throws {@link MigrationError},
 * and an AbortError when `signal` asks it to stop before it is done.
 */
export async function migrate(url: DatabaseUrl, options: MigrateOptions): Promise<string[]> {
  const build = options.migrations ?? (await loadBuild());
  if (await isUpToDate(url, build, options)) return [];
  return withMigrationSession(url, { ...options, migrations: build }, (session) => applyPending(session, options));
}

/** What {@link migrate} would apply. Throws {@link MigrationError} where it would refuse; changes nothing. */
export async function planMigrations(url: DatabaseUrl, options: MigrateOptions): Promise<Migration[]> {
  const build = options.migrations ?? (await loadBuild());
  const history = await ownHistoryOf(url);
  return chosen(judge(build, history, options), build, history, options);
}

/** Throws {@link MigrationError} unless the database is what this build works with; changes nothing. */
export async function checkMigrations(url: DatabaseUrl, options: MigrateOptions): Promise<void> {
  const build = options.migrations ?? (await loadBuild());
  const { pending } = judge(build, await ownHistoryOf(url), options);
  if (pending.length === 0) return;
  throw new MigrationError(
    'needsHuman',
    `${pending.map(({ name }) => name).join(', ')} ${pending.length === 1 ? 'is' : 'are'} pending, and this only ` +
      'checks (PS_MIGRATE_ON_START=check or --check). Run "psctl migrate" with this release, then start again.',
  );
}

/** What the database says, read without the lock. */
export function historyOf(url: DatabaseUrl): Promise<MigrationHistory> {
  return withClient(url, APPLICATION, readHistory);
}

/** The same as the next start will see it. Throws {@link MigrationError} for a database that is not ours. */
function ownHistoryOf(url: DatabaseUrl): Promise<MigrationHistory> {
  return withClient(url, APPLICATION, async (client) => {
    await refuseForeignDatabase(client);
    return settled(await readHistory(client));
  });
}

async function isUpToDate(url: DatabaseUrl, build: Migration[], options: MigrateOptions): Promise<boolean> {
  const history = await historyOf(url);
  const { pending, problems, overridden } = assess(build, history, allowances(options));
  const recorded = new Set(history.audit.map(({ name }) => name));
  const isRecorded = build.every(({ name }) => recorded.has(name));
  return isRecorded && [pending, problems, overridden].every((found) => found.length === 0);
}

async function applyPending(session: MigrationSession, options: MigrateOptions): Promise<string[]> {
  await refuseForeignDatabase(session.client);
  const history = await settleRecords(session);
  const assessment = judge(session.build, history, options);
  for (const { message } of assessment.overridden) session.onProgress(`Allowed all the same: ${message}`);
  await acceptChecksums(session, assessment.overridden, history);
  const migrations = chosen(assessment, session.build, history, options);
  if (migrations.length === 0) return [];
  const late = new Set(assessment.overridden.filter(({ kind }) => kind === 'history').flatMap(({ names }) => names));
  const worker = await MigrationWorker.open(session);
  try {
    for (const migration of migrations) {
      session.signal?.throwIfAborted();
      await applyMigration(session, worker, migration, noteOf(migration, late.has(migration.name), options));
      session.onProgress(`Applied ${migration.name}`);
    }
  } finally {
    await worker.close();
  }
  return migrations.map(({ name }) => name);
}

function noteOf({ compat }: Migration, isLate: boolean, { snapshotId }: MigrateOptions): string {
  const notes = [
    ...(isLate ? ['applied out of order'] : []),
    ...(compat === 'breaking' && snapshotId !== undefined ? [snapshotNote(snapshotId)] : []),
  ];
  return notes.join('\n');
}

function allowances(options: MigrateOptions): HistoryAllowances {
  const { isOutOfOrderAllowed = false, isAheadAllowed = false, acceptedChecksums = [] } = options;
  return { isOutOfOrderAllowed, isAheadAllowed, acceptedChecksums };
}

/** Throws the worst problem there is, with the others in its text. */
function judge(build: Migration[], history: MigrationHistory, options: MigrateOptions): Assessment {
  const assessment = assess(build, history, allowances(options));
  const [worst] = assessment.problems;
  if (!worst) return assessment;
  throw new MigrationError(worst.kind, assessment.problems.map(({ message }) => message).join('\n'));
}

/** Of what is pending, what is asked for. Throws {@link MigrationError} when it needs a snapshot and has none. */
function chosen(
  { pending }: Assessment,
  build: Migration[],
  { applied, audit }: MigrationHistory,
  options: MigrateOptions,
): Migration[] {
  const last = options.to === undefined ? null : find(build, options.to);
  const migrations = pending.filter(({ timestamp }) => last === null || timestamp <= last.timestamp);
  const breaking = migrations.filter(({ compat }) => compat === 'breaking').map(({ name }) => name);
  const isNew = applied.length === 0;
  if (breaking.length === 0 || isNew || !options.isSnapshotNeeded) return migrations;
  const { snapshotId } = options;
  const isOld =
    snapshotId !== undefined && audit.some(({ output }) => output.split('\n').includes(snapshotNote(snapshotId)));
  if (snapshotId !== undefined && !isOld) return migrations;
  const reason = isOld ? `, and ${snapshotId} was taken before an earlier one` : '';
  throw new MigrationError(
    'needsHuman',
    `${breaking.join(', ')} would lose data or cannot be undone${reason}. Take a snapshot of the database, then: ` +
      'psctl migrate --snapshot-id <id>, or set PS_MIGRATION_SNAPSHOT_ID. Nothing was applied.',
  );
}

function snapshotNote(snapshotId: string): string {
  return `snapshot before it: ${snapshotId}`;
}

/** A migration of the build. Throws {@link MigrationError} when there is none of that name. */
export function find(build: readonly Migration[], name: string): Migration {
  const migration = build.find((known) => known.name === name);
  if (migration) return migration;
  throw new MigrationError('failed', `This build has no migration ${name}; "psctl db show" lists them.`);
}

async function acceptChecksums(
  { client, build, executor }: MigrationSession,
  overridden: HistoryProblem[],
  { audit }: MigrationHistory,
): Promise<void> {
  for (const name of overridden.filter(({ kind }) => kind === 'checksum').flatMap(({ names }) => names)) {
    const { sha256 } = find(build, name);
    if (sha256 === null) continue;
    const before = audit.find((row) => row.name === name)?.sha256 ?? '';
    await client.query('BEGIN');
    await setChecksum(client, name, sha256);
    await addNote(client, name, `checksum accepted by ${executor.name}: ${before} is now ${sha256}`);
    await recordEvent(client, { action: 'migration.checksum_accepted', migration: name, details: { before, sha256 } });
    await client.query('COMMIT');
  }
}
