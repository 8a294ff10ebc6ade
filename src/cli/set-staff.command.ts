import { type Command } from 'commander';
import { AccountAdministrationService } from '../accounts/account-administration.service.js';
import { UsersService } from '../users/users.service.js';
import { type ProgramParts } from './program-parts.js';
import { PSCTL, runCommand } from './output.js';

interface Options {
  off?: boolean;
  json?: boolean;
}

export function registerSetStaff(program: Command, { open }: ProgramParts): void {
  program
    .command('set-staff')
    .description('Makes an account one of the staff, for whom permissions of groups count.')
    .argument('<username>', 'whose account')
    .option('--off', 'the account is staff no more')
    .option('--json', 'print {"id", "username", "isStaff"}')
    .addHelpText('after', '\nExamples:\n  psctl set-staff ann\n  psctl set-staff ann --off')
    .action((username: string, options: Options) =>
      runCommand(open, options, async (services) => {
        const { id } = await services.get(UsersService, { strict: false }).getByUsername(username);
        const accounts = services.get(AccountAdministrationService, { strict: false });
        const user = await accounts.update(id, { isStaff: options.off !== true }, PSCTL);
        return {
          text: `${user.username} is ${user.isStaff ? 'staff' : 'no staff'} now.`,
          json: { id, username: user.username, isStaff: user.isStaff },
        };
      }),
    );
}
