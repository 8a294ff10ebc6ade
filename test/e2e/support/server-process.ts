import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../../dist/src/entrypoints/server.js', import.meta.url));
const READY = /Ready on (http:\/\/[^ ]+)/;
const START_LIMIT_MS = 30_000;

/** The built service as a process of its own, started and killed like an operator or a crash would. */
export class ServerProcess {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    readonly log: string[],
  ) {}

  static async start(environment: NodeJS.ProcessEnv): Promise<ServerProcess> {
    const inherited = { PATH: process.env.PATH, HOME: process.env.HOME };
    const child = spawn(process.execPath, [ENTRY], {
      env: { ...inherited, PS_PORT: '0', PS_LOG_FORMAT: 'json', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log: string[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      const fail = (why: string): void => {
        reject(new Error(`The service ${why}:\n${log.join('\n')}`));
      };
      const limit = setTimeout(() => {
        fail(`was not ready after ${START_LIMIT_MS} ms`);
      }, START_LIMIT_MS);
      child.once('exit', (code) => {
        clearTimeout(limit);
        fail(`ended with exit code ${code ?? 'by signal'}`);
      });
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          log.push(line);
          const ready = READY.exec(line);
          if (!ready?.[1]) return;
          clearTimeout(limit);
          resolve(ready[1]);
        });
      }
    });
    child.removeAllListeners('exit');
    return new ServerProcess(url, child, log);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Whoever reads the log goes away: from now on it cannot be written. */
  closeLog(): void {
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
  }

  /** kill -9: no handler runs, nothing is flushed. */
  async crash(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** What an orchestrator does. Resolves with the exit code. */
  stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    if (!this.isRunning) return this.child.exitCode;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }
}
