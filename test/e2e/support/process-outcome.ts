import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface Outcome {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a built entry point to its end, with nothing but the given environment, like an operator would see it. */
export async function outcomeOf(
  entry: 'server' | 'psctl',
  environment: NodeJS.ProcessEnv,
  commandArguments: string[] = [],
  input = '',
): Promise<Outcome> {
  const path = fileURLToPath(new URL(`../../../dist/src/entrypoints/${entry}.js`, import.meta.url));
  const child = spawn(process.execPath, [path, ...commandArguments], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  child.stdin.end(input);
  const [[exitCode], stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
}
