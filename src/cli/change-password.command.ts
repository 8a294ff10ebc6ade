import input from '@inquirer/input';
import { type INestApplicationContext } from '@nestjs/common';
import { type Command } from 'commander';
import { UserAdministrationService } from '../users/administration/user-administration.service.js';
import { UsersService } from '../users/users.service.js';
import { type ProgramParts } from './program-parts.js';
import { type Answer, PSCTL, runCommandWith, usageError } from './output.js';
import { givenPassword, PASSWORD_STDIN, type PasswordOptions } from './password-option.js';

interface Options extends PasswordOptions {
  username?: string;
  json?: boolean;
}

interface Credentials {
  username: string;
  password: string;
}

export function registerChangePassword(program: Command, { open }: ProgramParts): void {
  program
    .command('changepassword')
    .description('Gives an account another password and ends its sessions; asks for what is not given.')
    .option('--username <name>', 'whose password it is')
    .option('--password-stdin', `${PASSWORD_STDIN}; needs --username`)
    .option('--json', 'print {"id", "username"}')
    .addHelpText(
      'after',
      '\nExamples:\n  psctl changepassword --username ann\n' +
        '  pass show ps/ann | psctl changepassword --username ann --password-stdin',
    )
    .action((options: Options) => runCommandWith(open, options, () => credentials(options), change));
}

async function credentials(options: Options): Promise<Credentials> {
  if (options.username === undefined && (options.passwordStdin || !process.stdin.isTTY))
    throw usageError('Whose password is it? Give --username, for nothing can be asked.');
  const username = options.username ?? (await input({ message: 'Username:', required: true }));
  return { username, password: await givenPassword(options) };
}

async function change(services: INestApplicationContext, { username, password }: Credentials): Promise<Answer> {
  const user = await services.get(UsersService, { strict: false }).getByUsername(username);
  await services.get(UserAdministrationService, { strict: false }).setPassword(user.id, password, PSCTL);
  return {
    text: `${user.username} has the new password; whoever was logged in is logged out.`,
    json: { id: user.id, username: user.username },
  };
}
