import { OperatorError } from '../../common/errors/operator-error.js';

/** Exit codes of everything that migrates, documented in docs/migrations.md. */
export const MIGRATION_EXIT_CODES = {
  done: 0,
  failed: 1,
  needsHuman: 3,
  lockTimeout: 4,
  history: 5,
  checksum: 6,
  dirty: 7,
  databaseAhead: 8,
  terminated: 143,
} as const;

export type MigrationFailure = Exclude<keyof typeof MIGRATION_EXIT_CODES, 'done' | 'terminated'>;

/** The same as text, for `--help`. */
export const MIGRATION_EXIT_CODES_HELP =
  'Exit codes: 0 done or nothing to do, 1 failed, 2 wrong usage, 3 a person must decide, 4 another process held the lock\n' +
  'for too long, 5 the history does not fit, 6 a migration was changed after it was applied, 7 one was broken off halfway,\n' +
  '8 the database is ahead of this build, 143 asked to stop. docs/migrations.md says what to do about each.';

/** A database that cannot be migrated now, and which kind of reason that has. */
export class MigrationError extends OperatorError {
  constructor(
    readonly failure: MigrationFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get exitCode(): number {
    return MIGRATION_EXIT_CODES[this.failure];
  }
}
