import password from '@inquirer/password';
import { usageError } from './output.js';
import { readFirstLine } from './stdin.js';

export const PASSWORD_STDIN = 'read the password from the first line of standard input';

export interface PasswordOptions {
  passwordStdin?: boolean;
}

/** Never from the arguments: they are seen in process lists. Throws a usage error when nobody can be asked. */
export async function givenPassword({ passwordStdin }: PasswordOptions): Promise<string> {
  if (passwordStdin) return readFirstLine(process.stdin);
  if (!process.stdin.isTTY) throw usageError('There is no terminal to ask for the password. Give --password-stdin.');
  for (;;) {
    const first = await password({ message: 'Password:' });
    if ((await password({ message: 'Password (again):' })) === first) return first;
    process.stderr.write('The two passwords differ. Try again.\n');
  }
}
