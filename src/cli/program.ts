import { Command } from 'commander';
import { appVersion } from '../config/app-version.js';
import { type ProgramParts } from './program-parts.js';

type Register = (program: Command, parts: ProgramParts) => void;

/**
 * Every command, loaded when it is wanted. Loading all of them takes longer than most of them run, and each start of a
 * container waits for one, so a call loads its own only.
 */
const COMMANDS = new Map<string, () => Promise<Register>>(
  Object.entries({
    config: async () => (await import('./config.command.js')).registerConfig,
    creds: async () => (await import('./creds.command.js')).registerCreds,
    ecs: async () => (await import('./ecs.command.js')).registerEcs,
    migrate: async () => (await import('./migrate.command.js')).registerMigrate,
    db: async () => (await import('./db.command.js')).registerDb,
    init: async () => (await import('./init.command.js')).registerInit,
    createsuperuser: async () => (await import('./create-superuser.command.js')).registerCreateSuperuser,
    'create-user': async () => (await import('./create-user.command.js')).registerCreateUser,
    changepassword: async () => (await import('./change-password.command.js')).registerChangePassword,
    'set-staff': async () => (await import('./set-staff.command.js')).registerSetStaff,
    'add-to-group': async () => (await import('./add-to-group.command.js')).registerAddToGroup,
    'create-org': async () => (await import('./create-organization.command.js')).registerCreateOrganization,
    'list-orgs': async () => (await import('./list-organizations.command.js')).registerListOrganizations,
    'issue-token': async () => (await import('./issue-token.command.js')).registerIssueToken,
    'flush-expired-tokens': async () => (await import('./flush-expired-tokens.command.js')).registerFlushExpiredTokens,
    'import-legacy': async () => (await import('./import-legacy.command.js')).registerImportLegacy,
    catalogue: async () => (await import('./catalogue-import.command.js')).registerCatalogueImport,
    versions: async () => (await import('./list-versions.command.js')).registerListVersions,
    'adopt-cluster': async () => (await import('./adopt-cluster.command.js')).registerAdoptCluster,
    state: async () => (await import('./state.command.js')).registerState,
    'disable-provisioning': async () => (await import('./provisioning-switch.command.js')).registerDisableProvisioning,
    'enable-provisioning': async () => (await import('./provisioning-switch.command.js')).registerEnableProvisioning,
    'show-urls': async () => (await import('./show-urls.command.js')).registerShowUrls,
    deploy: async () => (await import('./deploy.command.js')).registerDeploy,
    shell: async () => (await import('./shell.command.js')).registerShell,
  }),
);

/**
 * The command line for a call whose first argument is `called`: that command, or all of them when it is none, as for
 * `--help` and for a name nobody knows, which gets the nearest one shown.
 */
export async function createProgram(parts: ProgramParts, called?: string): Promise<Command> {
  const program = new Command('psctl')
    .description('Administers ps-server: accounts, database, configuration.')
    .version(appVersion(), '--version', 'print the version of ps-server')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed (the reason is on stderr), 2 wrong usage. Commands with more have them in their --help.',
    )
    .showHelpAfterError('(psctl --help lists the commands)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  const only = COMMANDS.get(called ?? '');
  const loads = only ? [only] : COMMANDS.values();
  for (const load of loads) (await load())(program, parts);
  return program;
}

/** The names of all commands, for the documentation's test. */
export const COMMAND_NAMES: readonly string[] = [...COMMANDS.keys()];
