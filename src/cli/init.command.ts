import { type INestApplicationContext } from '@nestjs/common';
import { type Command } from 'commander';
import { UserAdministrationService } from '../users/administration/user-administration.service.js';
import { GroupsService } from '../users/groups/groups.service.js';
import { DEVELOPER_GROUP } from '../users/users.types.js';
import { createSuperuser, superuserCredentials, type SuperuserOptions } from './create-superuser.command.js';
import { applyMigrations } from './migrate.command.js';
import { type OpenContext } from './open-context.js';
import { type Answer, runCommand } from './output.js';
import { PASSWORD_STDIN } from './password-option.js';

/** The first steps on a new database, in one command that may be repeated. */
export function registerInit(program: Command, open: OpenContext): void {
  program
    .command('init')
    .description(
      'Makes a new installation ready: applies pending migrations, and creates a superuser unless there is one.',
    )
    .option('--username <name>', 'of the superuser: 1 to 150 letters, digits or any of @ . + - _')
    .option('--email <address>', 'where the superuser is reached')
    .option('--password-stdin', `${PASSWORD_STDIN}; needs the two options above`)
    .option('--json', 'print {"applied", "superuser", "isCreated", "developerPermissions"}')
    .addHelpText(
      'after',
      '\nAsks for nothing when there is a superuser already. Run it in the container:\n' +
        '  aws ecs execute-command --cluster <cluster> --task <task> --container <container> --interactive --command "psctl init"\n\n' +
        'Examples:\n  psctl init\n' +
        '  pass show ps/root | psctl init --username root --email root@example.org --password-stdin',
    )
    .action((options: SuperuserOptions) => initialise(open, options));
}

function initialise(open: OpenContext, options: SuperuserOptions): Promise<void> {
  let applied: string[] = [];
  // Services need the tables.
  const openMigrated = async (): Promise<INestApplicationContext> => {
    applied = await applyMigrations((message) => process.stderr.write(`${message}\n`));
    return open();
  };
  return runCommand(openMigrated, options, (services) => ready(services, options, applied));
}

async function ready(services: INestApplicationContext, options: SuperuserOptions, applied: string[]): Promise<Answer> {
  const known = await firstSuperuser(services);
  const superuser = known ?? (await createSuperuser(services, await superuserCredentials(options))).username;
  const developerPermissions = await permissionsOfDevelopers(services);
  const isCreated = known === null;
  const lines = [
    applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.length} migrations.`,
    isCreated ? `Superuser ${superuser} created.` : `There is a superuser already: ${superuser}.`,
    `Developers (${DEVELOPER_GROUP}) hold ${developerPermissions.length} permissions.`,
  ];
  return { text: lines.join('\n'), json: { applied, superuser, isCreated, developerPermissions } };
}

/** The name of an active superuser, or null. */
async function firstSuperuser(services: INestApplicationContext): Promise<string | null> {
  const users = services.get(UserAdministrationService, { strict: false });
  const filters = { isSuperuser: true, isActive: true };
  const { items } = await users.list({ limit: 1, sort: 'createdAt', filters });
  return items[0]?.username ?? null;
}

async function permissionsOfDevelopers(services: INestApplicationContext): Promise<string[]> {
  const groups = services.get(GroupsService, { strict: false });
  const { items } = await groups.list({ limit: 1, sort: 'name', search: DEVELOPER_GROUP, filters: {} });
  return items[0]?.permissions ?? [];
}
