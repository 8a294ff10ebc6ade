import input from '@inquirer/input';
import password from '@inquirer/password';
import { type INestApplicationContext } from '@nestjs/common';
import { type Command } from 'commander';
import { UsersService } from '../users/users.service.js';
import { type OpenContext } from './open-context.js';
import { type Answer, PSCTL, reportFailure, runCommand, usageError } from './output.js';
import { readFirstLine } from './stdin.js';

interface Options {
  username?: string;
  email?: string;
  passwordStdin?: boolean;
  json?: boolean;
}

interface Credentials {
  username: string;
  email: string;
  password: string;
}

export function registerCreateSuperuser(program: Command, open: OpenContext): void {
  program
    .command('createsuperuser')
    .description('Creates an account that may do everything; asks for what is not given.')
    .option('--username <name>', '1 to 150 letters, digits or any of @ . + - _')
    .option('--email <address>', 'where the account is reached')
    .option('--password-stdin', 'read the password from the first line of standard input; needs the two options above')
    .option('--json', 'print {"id", "username"}')
    .addHelpText(
      'after',
      '\nExamples:\n  psctl createsuperuser\n' +
        '  pass show ps/root | psctl createsuperuser --username root --email root@example.org --password-stdin',
    )
    .action((options: Options) =>
      // Asked for before anything is opened: nobody waits for a database to be told of a wrong option.
      credentials(options).then(
        (account) => runCommand(open, options, (services) => create(services, account)),
        (error: unknown) => {
          reportFailure(error, options.json ?? false);
        },
      ),
    );
}

async function create(services: INestApplicationContext, account: Credentials): Promise<Answer> {
  const users = services.get(UsersService, { strict: false });
  const { id, username } = await users.create({ ...account, isStaff: true, isSuperuser: true }, PSCTL);
  return { text: `Superuser ${username} created.`, json: { id, username } };
}

async function credentials(options: Options): Promise<Credentials> {
  if (options.passwordStdin) {
    const { username, email } = options;
    if (!username || !email)
      throw usageError('--password-stdin needs --username and --email, for nothing can be asked.');
    return { username, email, password: await readFirstLine(process.stdin) };
  }
  if (!process.stdin.isTTY) {
    throw usageError('There is no terminal to ask for the password. Give --username, --email and --password-stdin.');
  }
  const username = options.username ?? (await input({ message: 'Username:', required: true }));
  const email = options.email ?? (await input({ message: 'E-mail address:', required: true }));
  return { username, email, password: await askTwice() };
}

async function askTwice(): Promise<string> {
  for (;;) {
    const first = await password({ message: 'Password:' });
    if ((await password({ message: 'Password (again):' })) === first) return first;
    process.stderr.write('The two passwords differ. Try again.\n');
  }
}
