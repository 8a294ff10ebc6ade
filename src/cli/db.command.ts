import { type Command } from 'commander';
import { registerBackups } from './db-backup.command.js';
import { registerCorrections } from './db-corrections.command.js';
import { registerLock } from './db-lock.command.js';
import { registerMake } from './db-make.command.js';
import { registerRevert } from './db-revert.command.js';
import { registerShow } from './db-show.command.js';
import { addRunOptions } from './migrate.command.js';
import { addMigrationHelp } from './migration-options.js';

/** The migrations of the database: looking, applying, undoing, and putting records right. */
export function registerDb(program: Command): void {
  const db = program.command('db').description('The migrations of the database; docs/migrations.md explains them.');
  registerShow(db);
  addMigrationHelp(
    addRunOptions(db.command('run')),
    'psctl db run',
    'psctl db run --to CreateCapacity1795478520000',
    'psctl db run --allow-out-of-order',
    'psctl db run --accept-checksum CreateCapacity1795478520000',
  );
  registerRevert(db);
  registerMake(db);
  registerCorrections(db);
  registerLock(db);
  registerBackups(db);
}
