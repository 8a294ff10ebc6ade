import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import { type INestApplicationContext } from '@nestjs/common';
import { createProgram } from '../../src/cli/program.js';

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command as the entry point does, in this process and with these services, which stay open for the next command;
 * without `input` nobody is at the terminal either.
 */
export async function psctlIn(context: INestApplicationContext, command: string[], input = ''): Promise<Outcome> {
  const lent = (): Promise<INestApplicationContext> =>
    Promise.resolve({
      get: context.get.bind(context),
      close: () => Promise.resolve(),
    } as unknown as INestApplicationContext);
  const written = { stdout: '', stderr: '' };
  const capture = (name: 'stdout' | 'stderr') =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    });
  const spies = [capture('stdout'), capture('stderr')];
  const exit = jest.spyOn(process, 'exit').mockImplementation((code) => {
    process.exitCode = code ?? 0;
    throw new Error('the process ends here');
  });
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin')!;
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([input]) });
  try {
    const parts = { open: lent, listRoutes: () => Promise.resolve([]), openDeployment: lent };
    const program = await createProgram(parts, command[0]);
    await program.parseAsync(['node', 'psctl', ...command]);
  } catch (error) {
    if (exit.mock.calls.length === 0) throw error;
  } finally {
    Object.defineProperty(process, 'stdin', stdin);
    for (const spy of [...spies, exit]) spy.mockRestore();
  }
  const exitCode = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return { exitCode, ...written };
}
