import { type INestApplicationContext } from '@nestjs/common';
import { type Command } from 'commander';
import { UsersService } from '../users/users.service.js';
import { type ProgramParts } from './program-parts.js';
import { type Answer, PSCTL, runCommandWith } from './output.js';
import { givenPassword, PASSWORD_STDIN, type PasswordOptions } from './password-option.js';

interface Options extends PasswordOptions {
  username: string;
  email: string;
  firstName: string;
  lastName: string;
  staff?: boolean;
  group: string[];
  json?: boolean;
}

export function registerCreateUser(program: Command, { open }: ProgramParts): void {
  program
    .command('create-user')
    .description('Creates an account; its address counts as verified.')
    .requiredOption('--username <name>', '1 to 150 letters, digits or any of @ . + - _')
    .requiredOption('--email <address>', 'where the account is reached')
    .option('--first-name <name>', 'what the person is called', '')
    .option('--last-name <name>', 'what the person is called', '')
    .option('--staff', 'whether permissions of groups count')
    .option('--group <name>', 'a group the account is in; may be given several times', collect, [])
    .option('--password-stdin', PASSWORD_STDIN)
    .option('--json', 'print {"id", "username", "email", "isStaff", "groups"}')
    .addHelpText(
      'after',
      '\nThe password is asked for.\n\nExamples:\n  psctl create-user --username ann --email ann@example.org\n' +
        '  pass show ps/dev | psctl create-user --username dev --email dev@example.org --staff --group PS_Developer --password-stdin',
    )
    .action((options: Options) =>
      runCommandWith(
        open,
        options,
        () => givenPassword(options),
        (services, password) => create(services, options, password),
      ),
    );
}

async function create(services: INestApplicationContext, options: Options, password: string): Promise<Answer> {
  const { username, email, firstName, lastName, staff = false, group: groups } = options;
  const input = { username, email, password, firstName, lastName, isStaff: staff, groups };
  const { id, isStaff, ...user } = await services.get(UsersService, { strict: false }).create(input, PSCTL);
  return {
    text: `User ${user.username} created.`,
    json: { id, username: user.username, email: user.email, isStaff, groups: user.groups },
  };
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
