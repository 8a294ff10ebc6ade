import { type INestApplicationContext } from '@nestjs/common';
import { type Command } from 'commander';
import { UserAdministrationService } from '../users/administration/user-administration.service.js';
import { GroupsService } from '../users/groups/groups.service.js';
import { DEVELOPER_GROUP } from '../users/users.types.js';
import { createSuperuser, superuserCredentials, type SuperuserOptions } from './create-superuser.command.js';
import { DatabaseUrl } from '../database/database-url.js';
import { migrate } from '../database/migrator/migrator.js';
import { withMigrationSession } from '../database/migrator/migration-session.js';
import { migrateOptions } from '../database/migrator/migrate-on-start.js';
import { AppConfig } from '../config/app-config.js';
import { sayOnStderr, withMigrations } from './migration-options.js';
import { type OpenContext, type ProgramParts } from './program-parts.js';
import { type Answer, runCommand } from './output.js';
import { PASSWORD_STDIN } from './password-option.js';

/** The first steps on a new database, in one command that may be repeated. */
export function registerInit(program: Command, { open }: ProgramParts): void {
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
        '  psctl ecs shell --domain testsliderule.org\n\n' +
        'Examples:\n  psctl init\n' +
        '  pass show ps/root | psctl init --username root --email root@example.org --password-stdin',
    )
    .action((options: SuperuserOptions) => initialise(open, options));
}

function initialise(open: OpenContext, options: SuperuserOptions): Promise<void> {
  let applied: string[] = [];
  // Services need the tables.
  const openMigrated = async (): Promise<INestApplicationContext> => {
    applied = await withMigrations(({ url, options: how }) => migrate(url, how));
    return open();
  };
  return runCommand(openMigrated, options, (services) => ready(services, options, applied));
}

async function ready(services: INestApplicationContext, options: SuperuserOptions, applied: string[]): Promise<Answer> {
  const known = await firstSuperuser(services);
  const superuser = known ?? (await createFirst(services, options));
  const developerPermissions = await permissionsOfDevelopers(services);
  const isCreated = known === null;
  const lines = [
    applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.length} migrations.`,
    isCreated ? `Superuser ${superuser} created.` : `There is a superuser already: ${superuser}.`,
    `Developers (${DEVELOPER_GROUP}) hold ${developerPermissions.length} permissions.`,
  ];
  return { text: lines.join('\n'), json: { applied, superuser, isCreated, developerPermissions } };
}

/** Asks first, so that nobody who types holds up others; then under the lock of migrations, so that of two only one creates. */
async function createFirst(services: INestApplicationContext, options: SuperuserOptions): Promise<string> {
  const credentials = await superuserCredentials(options);
  const url = services.get(DatabaseUrl, { strict: false });
  const config = services.get<AppConfig>(AppConfig, { strict: false });
  return withMigrationSession(
    url,
    migrateOptions(config, { onProgress: sayOnStderr }),
    async () => (await firstSuperuser(services)) ?? (await createSuperuser(services, credentials)).username,
  );
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
