import { type Command } from 'commander';
import { CatalogueImportService } from '../catalogue/catalogue-import.service.js';
import { BUCKET_PREFIX, type BucketLocation, type CatalogueImportReport } from '../catalogue/catalogue.types.js';
import { type ProgramParts } from './program-parts.js';
import { PSCTL, runCommandWith, table, usageError } from './output.js';

interface Options {
  directory?: string;
  bucket?: string;
  prefix: string;
  region: string;
  apply?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Reads the folder that has a folder for each version: its files ending with .OPTION are node configurations, its
OrgsPermitted.json lists who may choose the version. Without --apply nothing is stored. Run it again whenever you like:
versions are made as they are in the bucket; what is only here, descriptions, and what was disabled here stay.
With --bucket, credentials come from where the AWS SDK looks for them; AWS_ENDPOINT_URL names another endpoint.

Exit codes: 0 done (a dry run: would be done), 1 failed, 2 wrong usage.

Examples:
  psctl catalogue import --bucket sliderule
  psctl catalogue import --bucket sliderule --apply
  aws s3 cp --recursive s3://sliderule/${BUCKET_PREFIX} versions/ && psctl catalogue import --directory versions --json`;

export function registerCatalogueImport(program: Command, { open }: ProgramParts): void {
  program
    .command('catalogue')
    .description('The catalogue of cluster versions.')
    .command('import')
    .description('Takes over cluster versions and node configurations from the bucket of the system being replaced.')
    .option('--directory <path>', 'a copy of the folder, or of the bucket')
    .option('--bucket <name>', 'the bucket itself')
    .option('--prefix <prefix>', 'where in the bucket the folder is', BUCKET_PREFIX)
    .option('--region <region>', 'where the bucket is', 'us-west-2')
    .option('--apply', 'store it; otherwise it is only said what would be stored')
    .option('--json', 'print the report as {"source", "outcome", "versions", "onlyHere", "warnings"}')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) =>
      runCommandWith(
        open,
        options,
        () => locationOf(options),
        async (services, location) => {
          const importing = services.get(CatalogueImportService, { strict: false });
          const report = await importing.run(location, options.apply ?? false, PSCTL);
          return { text: asText(report), json: report };
        },
      ),
    );
}

function locationOf({ directory, bucket, prefix, region }: Options): BucketLocation {
  if (directory !== undefined && bucket === undefined) return { directory };
  if (bucket !== undefined && directory === undefined)
    return { bucket, region, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` };
  throw usageError('Give either --directory, with a copy of the folder, or --bucket.');
}

function asText({ source, outcome, versions, onlyHere, warnings }: CatalogueImportReport): string {
  const lines = versions.map(({ name, change, nodeConfigurations, permittedOrganizations }) => [
    name,
    change,
    nodeConfigurations.join(', ') || '-',
    permittedOrganizations === null ? 'everybody' : permittedOrganizations.join(', ') || 'nobody',
  ]);
  const isDone = versions.every(({ change }) => change === 'unchanged');
  const done = outcome === 'imported' ? 'Imported.' : 'Dry run: nothing was stored. Give --apply to store it.';
  return [
    `Source: ${source}`,
    table([['VERSION', 'CHANGE', 'NODE CONFIGURATIONS', 'FOR'], ...lines]),
    ...(warnings.length > 0 ? [['Look at these:', ...warnings.map((warning) => `  ${warning}`)].join('\n')] : []),
    ...(onlyHere.length > 0 ? [`Only here, and left as it is: ${onlyHere.join(', ')}`] : []),
    isDone ? 'Nothing to do: the catalogue is like that already.' : done,
  ].join('\n\n');
}
