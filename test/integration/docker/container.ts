import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repository } from '../../docs/repository.js';
import { eventually } from '../../support/eventually.js';

/** For five starts at once on a machine that is busy with something else. */
const START_LIMIT_MS = 120_000;

/** What the image has in /app, without an image. */
export class ImageDirectory {
  readonly path = mkdtempSync(join(tmpdir(), 'ps-server-image-'));
  readonly commandLine = join(this.path, 'cmdline');

  constructor() {
    mkdirSync(join(this.path, 'docker'));
    for (const name of ['docker-entrypoint.sh', 'healthcheck.mjs'])
      cpSync(repository.path(`docker/${name}`), join(this.path, 'docker', name));
    for (const name of ['dist', 'node_modules', 'package.json'])
      symlinkSync(repository.path(name), join(this.path, name));
  }

  /** A container of the image: its first process below the init process. */
  run(commandArguments: string[], environment: NodeJS.ProcessEnv): Container {
    return this.start(join(this.path, 'docker', 'docker-entrypoint.sh'), commandArguments, environment);
  }

  healthCheck(environment: NodeJS.ProcessEnv): Container {
    return this.start(process.execPath, [join(this.path, 'docker', 'healthcheck.mjs'), this.commandLine], environment);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }

  private start(program: string, commandArguments: string[], environment: NodeJS.ProcessEnv): Container {
    const path = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
    const defaults = { PS_ENVIRONMENT: 'production', PS_PORT: '0', PS_DATA_DIRECTORY: join(this.path, 'data') };
    return new Container(spawn(program, commandArguments, { env: { PATH: path, ...defaults, ...environment } }));
  }
}

export class Container {
  stdout = '';
  stderr = '';
  private readonly closed: Promise<[number | null, NodeJS.Signals | null]>;

  constructor(private readonly child: ChildProcess) {
    this.closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  get log(): string {
    return this.stdout + this.stderr;
  }

  /** Once it serves: where. */
  async ready(): Promise<string> {
    return eventually(
      'the server',
      () => {
        if (this.child.exitCode !== null) throw new Error(`It has ended with ${this.child.exitCode}:\n${this.log}`);
        return /Ready on (http:\/\/[^ ]+)/.exec(this.log)?.[1];
      },
      START_LIMIT_MS,
    );
  }

  says(text: string): Promise<boolean> {
    return eventually(text, () => this.log.includes(text), START_LIMIT_MS);
  }

  terminate(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exitCode();
  }

  /** Null when a signal ended it. */
  async exitCode(): Promise<number | null> {
    return (await this.closed)[0];
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}
