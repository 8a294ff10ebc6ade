import { type Command } from 'commander';
import { CatalogueAdministrationService } from '../catalogue/catalogue-administration.service.js';
import { type ProgramParts } from './program-parts.js';
import { runCommand, table } from './output.js';

interface Options {
  json?: boolean;
}

export function registerListVersions(program: Command, { open }: ProgramParts): void {
  program
    .command('versions')
    .description('Cluster versions.')
    .command('list')
    .description('Lists all cluster versions, newest first, with their node configurations and who may choose them.')
    .option('--json', 'print an array of objects')
    .addHelpText('after', '\nExamples:\n  psctl versions list\n  psctl versions list --json | jq -r ".[].name"')
    .action((options: Options) =>
      runCommand(open, options, async (services) => {
        const versions = await services.get(CatalogueAdministrationService, { strict: false }).listAll();
        const lines = versions.map((version) => [
          version.name,
          version.isEnabled ? 'yes' : 'no',
          String(version.organizationCount),
          version.nodeConfigurations.join(', ') || '-',
          version.permittedOrganizations === null
            ? 'everybody'
            : version.permittedOrganizations.map(({ name }) => name).join(', ') || 'nobody',
        ]);
        const text = table([['VERSION', 'ENABLED', 'USED BY', 'NODE CONFIGURATIONS', 'FOR'], ...lines]);
        return { text, json: versions };
      }),
    );
}
