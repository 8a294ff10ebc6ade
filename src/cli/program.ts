import { Command } from 'commander';
import { registerAddToGroup } from './add-to-group.command.js';
import { registerAdoptCluster } from './adopt-cluster.command.js';
import { registerCatalogueImport } from './catalogue-import.command.js';
import { registerChangePassword } from './change-password.command.js';
import { registerConfig } from './config.command.js';
import { registerCreds } from './creds.command.js';
import { registerCreateOrganization } from './create-organization.command.js';
import { registerCreateSuperuser } from './create-superuser.command.js';
import { registerCreateUser } from './create-user.command.js';
import { registerEcs } from './ecs.command.js';
import { registerDb } from './db.command.js';
import { registerFlushExpiredTokens } from './flush-expired-tokens.command.js';
import { registerImportLegacy } from './import-legacy.command.js';
import { registerInit } from './init.command.js';
import { registerIssueToken } from './issue-token.command.js';
import { registerListOrganizations } from './list-organizations.command.js';
import { registerListVersions } from './list-versions.command.js';
import { registerMigrate } from './migrate.command.js';
import { type OpenDeployment, registerDeploy } from './deploy.command.js';
import { type OpenContext } from './open-context.js';
import { registerProvisioningSwitch } from './provisioning-switch.command.js';
import { registerSetStaff } from './set-staff.command.js';
import { registerShell } from './shell.command.js';
import { type ListRoutes, registerShowUrls } from './show-urls.command.js';
import { registerState } from './state.command.js';

/** The command line. Nothing is opened before a command needs it, so `--help` and `config` work without a database. */
export function createProgram(open: OpenContext, listRoutes: ListRoutes, openDeployment: OpenDeployment): Command {
  const program = new Command('psctl')
    .description('Administers ps-server: accounts, database, configuration.')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed (the reason is on stderr), 2 wrong usage. Commands with more have them in their --help.',
    )
    .showHelpAfterError('(psctl --help lists the commands)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  registerConfig(program);
  registerCreds(program, open);
  registerEcs(program);
  registerMigrate(program);
  registerDb(program);
  registerInit(program, open);
  registerCreateSuperuser(program, open);
  registerCreateUser(program, open);
  registerChangePassword(program, open);
  registerSetStaff(program, open);
  registerAddToGroup(program, open);
  registerCreateOrganization(program, open);
  registerListOrganizations(program, open);
  registerIssueToken(program, open);
  registerFlushExpiredTokens(program, open);
  registerImportLegacy(program, open);
  registerCatalogueImport(program, open);
  registerListVersions(program, open);
  registerAdoptCluster(program, open);
  registerState(program, open);
  registerProvisioningSwitch(program, open);
  registerShowUrls(program, listRoutes);
  registerDeploy(program, openDeployment);
  registerShell(program, open);
  return program;
}
