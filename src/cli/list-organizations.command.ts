import { type Command } from 'commander';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { type ProgramParts } from './program-parts.js';
import { runCommand, table } from './output.js';

interface Options {
  json?: boolean;
}

export function registerListOrganizations(program: Command, { open }: ProgramParts): void {
  program
    .command('list-orgs')
    .description('Lists all organizations with their limits.')
    .option('--json', 'print an array of objects')
    .addHelpText('after', '\nExamples:\n  psctl list-orgs\n  psctl list-orgs --json | jq -r ".[].name"')
    .action((options: Options) =>
      runCommand(open, options, async (services) => {
        const organizations = await services.get(OrganizationsService, { strict: false }).list();
        const lines = organizations.map(({ name, target, minNodes, maxNodes, adminMaxNodes, id }) => [
          name,
          target,
          String(minNodes),
          String(maxNodes),
          String(adminMaxNodes),
          id,
        ]);
        const text = table([['NAME', 'TARGET', 'MIN', 'MAX', 'ADMIN MAX', 'ID'], ...lines]);
        return { text, json: organizations };
      }),
    );
}
