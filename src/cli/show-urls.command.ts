import { type Command } from 'commander';
import { printAnswer, table } from './output.js';

interface Options {
  json?: boolean;
}

export interface ListedRoute {
  method: string;
  path: string;
  /** Who may call it, in a few words. */
  access: string;
  handler: string;
}

/** How the command gets at the routes, which only the application as a whole knows. */
export type ListRoutes = () => Promise<ListedRoute[]>;

export function registerShowUrls(program: Command, listRoutes: ListRoutes): void {
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
