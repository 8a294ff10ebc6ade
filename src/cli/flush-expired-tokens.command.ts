import { type Command } from 'commander';
import { ExpiredRows } from '../database/expired-rows.js';
import { type ProgramParts } from './program-parts.js';
import { runCommand, table } from './output.js';

interface Options {
  json?: boolean;
}

export function registerFlushExpiredTokens(program: Command, { open }: ProgramParts): void {
  program
    .command('flush-expired-tokens')
    .description('Removes rows about tokens and attempts that have expired. Workers do it every hour by themselves.')
    .option('--json', 'print how many rows by table')
    .addHelpText(
      'after',
      '\nNothing depends on it: what has expired is refused all the same.\n\nExample:\n  psctl flush-expired-tokens',
    )
    .action((options: Options) =>
      runCommand(open, options, async (services) => {
        const removed = await services.get(ExpiredRows, { strict: false }).flush();
        const lines = Object.entries(removed).map(([name, count]) => [name, String(count)]);
        return { text: table([['TABLE', 'REMOVED'], ...lines]), json: removed };
      }),
    );
}
