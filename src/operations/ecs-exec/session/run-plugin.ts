import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type PluginCall } from './plugin.js';

/** Signals of the terminal are for the remote program; the plugin hands them over, and we wait for it. */
const TERMINAL_SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGTSTP'];

export interface PluginRun {
  /** With the terminal of this process, or its output as pieces. */
  mode: { kind: 'terminal' } | { kind: 'piped'; onOutput: (chunk: Buffer) => void };
  environment: Record<string, string>;
  /** Ends the plugin when it is aborted. */
  signal: AbortSignal;
}

/**
 * Runs the plugin to its end. Its exit code says nothing: it is 0 even when it could not connect. Throws what `spawn`
 * throws when it cannot be started.
 */
export async function runPlugin(call: PluginCall, { mode, environment, signal }: PluginRun): Promise<void> {
  const isTerminal = mode.kind === 'terminal';
  const restore = isTerminal ? savedTerminal() : null;
  const ignore = (): void => undefined;
  for (const name of TERMINAL_SIGNALS) process.on(name, ignore);
  try {
    const child = spawn(call.path, call.arguments, {
      env: { ...environment, ...call.environment },
      shell: false,
      // Standard input that ends makes the plugin end too, so it gets a pipe that stays open.
      stdio: isTerminal ? 'inherit' : ['pipe', 'pipe', 'inherit'],
    });
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop);
    child.stdin?.on('error', ignore);
    try {
      await ended(child, mode);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  } finally {
    for (const name of TERMINAL_SIGNALS) process.off(name, ignore);
    restore?.();
  }
}

async function ended(child: ChildProcess, mode: PluginRun['mode']): Promise<void> {
  if (mode.kind === 'piped') child.stdout?.on('data', mode.onOutput);
  await once(child, 'close');
}

/** What puts the terminal back as it is now: a plugin that dies leaves it without echo. Null where there is none. */
function savedTerminal(): (() => void) | null {
  if (!process.stdin.isTTY) return null;
  const { stdout, status } = spawnSync('stty', ['-g'], { stdio: ['inherit', 'pipe', 'ignore'] });
  if (status !== 0) return null;
  const settings = stdout.toString().trim();
  return () => void spawnSync('stty', [settings], { stdio: ['inherit', 'ignore', 'ignore'] });
}
