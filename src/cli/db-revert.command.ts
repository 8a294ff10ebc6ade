import input from '@inquirer/input';
import { type Command } from 'commander';
import { settled } from '../database/migrator/history-rules.js';
import { loadBuild } from '../database/migrator/migration-files.js';
import { MigrationError } from '../database/migrator/migration-error.js';
import { historyOf } from '../database/migrator/migrator.js';
import { revert, type RevertTarget, toRevert } from '../database/migrator/revert.js';
import { addMigrationHelp, counted, printMigrationAnswer } from './migration-options.js';
import { reportFailure, usageError } from './output.js';

interface Options {
  to?: string;
  steps?: string;
  yes?: boolean;
  json?: boolean;
}

export function registerRevert(db: Command): void {
  addMigrationHelp(
    db
      .command('revert')
      .description('Undoes the newest migration, or several; what they added is lost with its contents.')
      .option('--steps <count>', 'how many; 1 unless given')
      .option('--to <name>', 'undo everything newer than this one, which stays')
      .option('--yes', 'do not ask')
      .option('--json', 'print {"reverted": [names]}')
      .action((options: Options) => printRevert(options)),
    'psctl db revert',
    'psctl db revert --to CreateCapacity1795478520000 --yes',
  );
}

async function printRevert(options: Options): Promise<void> {
  let target: RevertTarget;
  try {
    target = targetOf(options);
  } catch (error) {
    reportFailure(error, options.json ?? false);
    return;
  }
  await printMigrationAnswer(options, async ({ url, options: how }) => {
    const names = toRevert(await loadBuild(), settled(await historyOf(url)), target).map(({ name }) => name);
    if (names.length > 0 && !options.yes) await confirm(names);
    const reverted = await revert(url, target, how);
    const text = reverted.length === 0 ? 'There is nothing to revert.' : counted('Reverted', reverted);
    return { text, json: { reverted } };
  });
}

function targetOf({ to, steps }: Options): RevertTarget {
  if (to !== undefined && steps !== undefined) throw usageError('Give either --to or --steps.');
  if (to !== undefined) return { to };
  const count = Number(steps ?? 1);
  if (!Number.isInteger(count) || count < 1) throw usageError(`--steps is 1 or more, not "${steps ?? ''}".`);
  return { steps: count };
}

async function confirm(names: readonly string[]): Promise<void> {
  const what = `${names.join(', ')} would be undone, and what ${names.length === 1 ? 'it' : 'they'} added is lost with its contents.`;
  const isAgreed =
    process.stdin.isTTY && (await input({ message: `${what} Type yes to go on:` })).trim().toLowerCase() === 'yes';
  if (!isAgreed) throw new MigrationError('needsHuman', `${what} Nothing was done. Say --yes to have it done.`);
}
