import { type Command } from 'commander';
import { AccountAdministrationService } from '../accounts/account-administration.service.js';
import { UsersService } from '../users/users.service.js';
import { type ProgramParts } from './program-parts.js';
import { PSCTL, runCommand } from './output.js';

interface Options {
  remove?: boolean;
  json?: boolean;
}

export function registerAddToGroup(program: Command, { open }: ProgramParts): void {
  program
    .command('add-to-group')
    .description('Puts an account into a group; what the group may do counts for staff only.')
    .argument('<username>', 'whose account')
    .argument('<group>', 'name of the group, such as PS_Developer')
    .option('--remove', 'take it out of the group instead')
    .option('--json', 'print {"id", "username", "groups"}')
    .addHelpText(
      'after',
      '\nExamples:\n  psctl add-to-group ann PS_Developer\n  psctl add-to-group ann PS_Developer --remove',
    )
    .action((username: string, group: string, options: Options) =>
      runCommand(open, options, async (services) => {
        const { id } = await services.get(UsersService, { strict: false }).getByUsername(username);
        const accounts = services.get(AccountAdministrationService, { strict: false });
        const user = options.remove
          ? await accounts.removeFromGroup(id, group, PSCTL)
          : await accounts.addToGroup(id, group, PSCTL);
        return {
          text: `Groups of ${user.username}: ${user.groups.join(', ') || 'none'}`,
          json: { id, username: user.username, groups: user.groups },
        };
      }),
    );
}
