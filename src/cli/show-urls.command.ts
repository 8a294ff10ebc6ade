import { type Command } from 'commander';
import { reportFailure, table } from './output.js';

interface Options {
  json?: boolean;
}

interface Route {
  method: string;
  path: string;
  access: string;
  handler: string;
}

/** How the command gets at the routes, which only the application as a whole knows. */
export type ListRoutes = () => Promise<Route[]>;

export function registerShowUrls(program: Command, listRoutes: ListRoutes): void {
  program
    .command('show-urls')
    .description('Lists every route with the permission it needs.')
    .option('--json', 'print an array of objects')
    .addHelpText('after', '\nNeeds no database.\n\nExamples:\n  psctl show-urls\n  psctl show-urls | grep /admin/')
    .action(async (options: Options) => {
      const isJson = options.json ?? false;
      try {
        const routes = await listRoutes();
        const lines = routes.map(({ method, path, access, handler }) => [method, path, access, handler]);
        const text = table([['METHOD', 'PATH', 'WHO', 'HANDLER'], ...lines]);
        process.stdout.write(`${isJson ? JSON.stringify(routes) : text}\n`);
      } catch (error) {
        reportFailure(error, isJson);
      }
    });
}
