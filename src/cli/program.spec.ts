import { type ProgramParts } from './program-parts.js';
import { COMMAND_NAMES, createProgram } from './program.js';

const nothing = () => Promise.reject(new Error('nothing is opened here'));
const parts: ProgramParts = { open: nothing, listRoutes: nothing, openDeployment: nothing };

async function namesFor(called?: string): Promise<string[]> {
  return (await createProgram(parts, called)).commands.map((command) => command.name());
}

it.each(COMMAND_NAMES)('a call of %s has that command and no other', async (name) => {
  expect(await namesFor(name)).toEqual([name]);
});

it.each([undefined, '--help', 'help', 'migrat', 'constructor', '__proto__'])(
  'all commands are there when the first argument is %s',
  async (called) => {
    expect(await namesFor(called)).toEqual(COMMAND_NAMES);
  },
);
