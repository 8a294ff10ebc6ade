import { type INestApplicationContext } from '@nestjs/common';
import { type Command } from 'commander';
import { newOrganizationSchema, type NewOrganizationInput } from '../organizations/organization-inputs.types.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { UsersService } from '../users/users.service.js';
import { type ProgramParts } from './program-parts.js';
import { type Answer, PSCTL, runCommandWith, usageError } from './output.js';

type Options = Record<string, unknown> & { json?: boolean };

export function registerCreateOrganization(program: Command, { open }: ProgramParts): void {
  program
    .command('create-org')
    .description('Creates an organization with its first owner; what is not given has its default.')
    .argument('<name>', '1 to 63 letters, digits, - and _; it can never be changed')
    .requiredOption('--owner <username>', 'the first owner')
    .option('--target <target>', 'where its cluster is built: local or aws')
    .option('--cluster-version <version>', 'release of the cluster software')
    .option('--is-public', 'whether the cluster serves everybody')
    .option('--min-nodes <count>', 'nodes there are without anybody asking', Number)
    .option('--max-nodes <count>', 'nodes there are at most', Number)
    .option('--admin-max-nodes <count>', 'what owners may raise the maximum to', Number)
    .option('--no-allow-deploy-by-token', 'requests for nodes do not deploy a cluster that is not there')
    .option('--no-destroy-when-idle', 'an idle cluster stays')
    .option('--provisioning-suspended', 'no run starts until that is taken back')
    .option('--contact-name <name>', 'whom to ask')
    .option('--contact-email <address>', 'where to ask')
    .option('--node-configuration <name>', 'variant of the nodes')
    .option('--availability-zone <zone>', 'such as us-west-2c')
    .option('--spot-max-price <dollars>', 'per node and hour')
    .option('--spot-allocation-strategy <strategy>', 'such as lowest-price')
    .option('--balance <dollars>', 'on the account from the start')
    .option('--max-allowance <dollars>', 'the balance is cut to it when it is credited')
    .option('--monthly-allowance <dollars>', 'credited at the start of a month')
    .option('--json', 'print the organization as an object')
    .addHelpText(
      'after',
      '\nActive staff who are not superusers become members.\n\nExamples:\n  psctl create-org field-lab --owner ben\n' +
        '  psctl create-org field-lab --owner ben --target aws --admin-max-nodes 50 --max-nodes 20 --balance 250.00',
    )
    .action((name: string, options: Options) => runCommandWith(open, options, () => settingsOf(name, options), create));
}

/** The options are named after the settings, so the schema of the HTTP API checks them. */
function settingsOf(name: string, { json: _, ...options }: Options): NewOrganizationInput {
  const parsed = newOrganizationSchema.safeParse({ ...options, name });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw usageError(`This cannot be an organization. ${problems.join('; ')}`);
}

async function create(services: INestApplicationContext, input: NewOrganizationInput): Promise<Answer> {
  const { name, owner, balance, ...settings } = input;
  const user = await services.get(UsersService, { strict: false }).getByUsername(owner);
  const organizations = services.get(OrganizationsService, { strict: false });
  const organization = await organizations.create({ name, owner: user, balance, settings }, PSCTL);
  return { text: `Organization ${name} created, owned by ${user.username}: ${organization.id}`, json: organization };
}
