import { type Command } from 'commander';
import { printAnswer, table } from './output.js';
import { type ProgramParts } from './program-parts.js';

interface Options {
  json?: boolean;
}

export function registerShowUrls(program: Command, { listRoutes }: ProgramParts): void {
  program
    .command('show-urls')
    .description('Lists every route with the permission it needs.')
    .option('--json', 'print an array of objects')
    .addHelpText('after', '\nNeeds no database.\n\nExamples:\n  psctl show-urls\n  psctl show-urls | grep /admin/')
    .action((options: Options) =>
      printAnswer(options, async () => {
        const routes = await listRoutes();
        const lines = routes.map(({ method, path, access, handler }) => [method, path, access, handler]);
        return { text: table([['METHOD', 'PATH', 'WHO', 'HANDLER'], ...lines]), json: routes };
      }),
    );
}
