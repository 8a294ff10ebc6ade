import input from '@inquirer/input';
import { type INestApplicationContext } from '@nestjs/common';
import { type Command } from 'commander';
import { UsersService } from '../users/users.service.js';
import { type User } from '../users/users.types.js';
import { type ProgramParts } from './program-parts.js';
import { type Answer, PSCTL, runCommandWith, usageError } from './output.js';
import { givenPassword, PASSWORD_STDIN, type PasswordOptions } from './password-option.js';

export interface SuperuserOptions extends PasswordOptions {
  username?: string;
  email?: string;
  json?: boolean;
}

interface Credentials {
  username: string;
  email: string;
  password: string;
}

export function registerCreateSuperuser(program: Command, { open }: ProgramParts): void {
  program
    .command('createsuperuser')
    .description('Creates an account that may do everything; asks for what is not given.')
    .option('--username <name>', '1 to 150 letters, digits or any of @ . + - _')
    .option('--email <address>', 'where the account is reached')
    .option('--password-stdin', `${PASSWORD_STDIN}; needs the two options above`)
    .option('--json', 'print {"id", "username"}')
    .addHelpText(
      'after',
      '\nExamples:\n  psctl createsuperuser\n' +
        '  pass show ps/root | psctl createsuperuser --username root --email root@example.org --password-stdin',
    )
    .action((options: SuperuserOptions) => runCommandWith(open, options, () => superuserCredentials(options), create));
}

async function create(services: INestApplicationContext, account: Credentials): Promise<Answer> {
  const { id, username } = await createSuperuser(services, account);
  return { text: `Superuser ${username} created.`, json: { id, username } };
}

export function createSuperuser(services: INestApplicationContext, account: Credentials): Promise<User> {
  const users = services.get(UsersService, { strict: false });
  return users.create({ ...account, isStaff: true, isSuperuser: true }, PSCTL);
}

/** Asks for what is not given. Throws a usage error when nobody can be asked. */
export async function superuserCredentials(options: SuperuserOptions): Promise<Credentials> {
  if (options.passwordStdin) {
    const { username, email } = options;
    if (!username || !email)
      throw usageError('--password-stdin needs --username and --email, for nothing can be asked.');
    return { username, email, password: await givenPassword(options) };
  }
  if (!process.stdin.isTTY) {
    throw usageError('There is no terminal to ask for the password. Give --username, --email and --password-stdin.');
  }
  const username = options.username ?? (await input({ message: 'Username:', required: true }));
  const email = options.email ?? (await input({ message: 'E-mail address:', required: true }));
  return { username, email, password: await givenPassword(options) };
}
