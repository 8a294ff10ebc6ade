import { type Command } from 'commander';
import { baseline } from '../database/migrator/baseline.js';
import { fake, resolve } from '../database/migrator/corrections.js';
import { addMigrationHelp, counted, printMigrationAnswer } from './migration-options.js';
import { type Answer, printAnswer, usageError } from './output.js';

interface Truth {
  applied?: boolean;
  rolledBack?: boolean;
  json?: boolean;
}

/** Commands that change what is recorded, and no table. */
export function registerCorrections(db: Command): void {
  registerFake(db);
  registerResolve(db);
  registerBaseline(db);
}

function registerFake(db: Command): void {
  addMigrationHelp(
    db
      .command('fake')
      .description('Records a pending migration as applied without running it.')
      .argument('[name]', 'of the class, as "db show" prints it')
      .option('--all', 'every pending one')
      .option('--json', 'print {"faked": [names]}')
      .action((name: string | undefined, options: { all?: boolean; json?: boolean }) => {
        if ((name === undefined) === (options.all !== true)) return wrong(options, 'Give either a name or --all.');
        return printMigrationAnswer(options, async ({ url, options: how }) =>
          recorded('Recorded', 'faked', await fake(url, name === undefined ? null : [name], how)),
        );
      }),
    'psctl db fake CreateCapacity1795478520000',
    'psctl db fake --all',
  );
}

function registerResolve(db: Command): void {
  addMigrationHelp(
    db
      .command('resolve')
      .description('Says what became of a migration that was broken off halfway; look at the database first.')
      .argument('<name>', 'of the class, as "db show" prints it')
      .option('--applied', 'all of it is there')
      .option('--rolled-back', 'nothing of it is there; the next start applies it')
      .option('--json', 'print {"resolved", "as"}')
      .action((name: string, options: Truth) => {
        if ((options.applied === true) === (options.rolledBack === true))
          return wrong(options, 'Say either --applied or --rolled-back.');
        const truth = options.applied ? 'applied' : 'rolled-back';
        return printMigrationAnswer(options, async ({ url, options: how }) => {
          await resolve(url, name, truth, how);
          return { text: `${name} is recorded as ${truth}.`, json: { resolved: name, as: truth } };
        });
      }),
    'psctl db resolve CreateCapacity1795478520000 --rolled-back',
  );
}

function registerBaseline(db: Command): void {
  addMigrationHelp(
    db
      .command('baseline')
      .description('Gives a database with the tables of ps-server, but without its history, the history it lacks.')
      .option('--to <name>', 'the last one to record, where several leave the same tables')
      .option('--json', 'print {"recorded": [names]}')
      .action((options: { to?: string; json?: boolean }) =>
        printMigrationAnswer(options, async ({ url, options: how }) =>
          recorded('Recorded', 'recorded', await baseline(url, options.to, how)),
        ),
      ),
    'psctl db baseline',
    'psctl db baseline --to CreateCapacity1795478520000',
  );
}

function recorded(verb: string, key: string, names: string[]): Answer {
  return { text: [...names, counted(verb, names)].join('\n'), json: { [key]: names } };
}

function wrong(options: { json?: boolean }, message: string): Promise<void> {
  return printAnswer(options, () => Promise.reject(usageError(message)));
}
