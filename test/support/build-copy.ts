import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../docs/repository.js';
import { eventually } from './eventually.js';

export interface CopiedMigration {
  /** Without the digits in front: `slow-one`. */
  words: string;
  timestamp: number;
  /** Body of `up`, with `runner`. */
  up: string;
  /** Fields of the class. */
  fields?: string;
  compat?: string;
}

/** A built service of its own, with migrations of its own, that runs as processes. */
export class BuildCopy {
  readonly path = mkdtempSync(join(tmpdir(), 'ps-server-build-'));
  private readonly manifest: Record<string, { sha256: string; compat: string }> = {};
  private readonly started: PsctlProcess[] = [];

  constructor() {
    mkdirSync(join(this.path, 'dist'));
    // No symbolic link: Node takes a file for where it really is, and looks for migrations beside it.
    cpSync(repository.path('dist/src'), join(this.path, 'dist', 'src'), { recursive: true });
    for (const name of ['node_modules', 'package.json']) symlinkSync(repository.path(name), join(this.path, name));
    symlinkSync(repository.path('dist/cdktf'), join(this.path, 'dist', 'cdktf'));
    this.clear();
  }

  clear(): void {
    rmSync(join(this.path, 'dist', 'migrations'), { recursive: true, force: true });
    mkdirSync(join(this.path, 'dist', 'migrations'));
    for (const name of Object.keys(this.manifest)) Reflect.deleteProperty(this.manifest, name);
    this.writeManifest();
  }

  /** Answers the name of its class. */
  add({ words, timestamp, up, fields = '', compat = 'expand' }: CopiedMigration, sha = 'a'): string {
    const name = words.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase()) + String(timestamp);
    const code = `export class ${name} { ${fields} compat = '${compat}'; async up(runner) { ${up} } async down() {} }`;
    writeFileSync(join(this.path, 'dist', 'migrations', `${timestamp}-${words}.js`), code);
    this.manifest[name] = { sha256: sha.repeat(64), compat };
    this.writeManifest();
    return name;
  }

  /** As if the build had lost it; the manifest still names it if `isLocked`. */
  remove(name: string, words: string, isLocked: boolean): void {
    rmSync(join(this.path, 'dist', 'migrations', `${name.slice(-13)}-${words}.js`), { force: true });
    if (!isLocked) Reflect.deleteProperty(this.manifest, name);
    this.writeManifest();
  }

  psctl(command: string[], environment: NodeJS.ProcessEnv): PsctlProcess {
    return this.start('psctl', command, environment);
  }

  server(environment: NodeJS.ProcessEnv): PsctlProcess {
    return this.start('server', [], { PS_PORT: '0', PS_DATA_DIRECTORY: join(this.path, 'data'), ...environment });
  }

  async close(): Promise<void> {
    for (const process of this.started) await process.end('SIGKILL');
    rmSync(this.path, { recursive: true });
  }

  private start(entry: string, command: string[], environment: NodeJS.ProcessEnv): PsctlProcess {
    const program = join(this.path, 'dist', 'src', 'entrypoints', `${entry}.js`);
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
    const started = new PsctlProcess(spawn(process.execPath, [program, ...command], { env }));
    this.started.push(started);
    return started;
  }

  private writeManifest(): void {
    writeFileSync(join(this.path, 'dist', 'migrations', 'migrations.lock.json'), JSON.stringify(this.manifest));
  }
}

export class PsctlProcess {
  stdout = '';
  stderr = '';
  private readonly closed: Promise<[number | null, NodeJS.Signals | null]>;

  constructor(private readonly child: ChildProcess) {
    this.closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  async exitCode(): Promise<number | null> {
    return (await this.closed)[0];
  }

  says(text: string): Promise<boolean> {
    return eventually(
      `"${text}" in ${this.stdout}${this.stderr}`,
      () => (this.stdout + this.stderr).includes(text),
      30_000,
    );
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.exitCode();
  }
}
