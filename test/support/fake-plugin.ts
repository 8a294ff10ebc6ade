import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type FakeEcs } from './fake-ecs.js';

/** What the container is like, and how the session goes. */
interface Play {
  version: string;
  /** Whether the terminal puts returns before line ends. */
  hasReturns: boolean;
  ending: 'usual' | 'cannot connect' | 'breaks off' | 'hangs';
  /** Variables of the container. */
  remoteEnvironment: Record<string, string>;
}

interface Call {
  arguments: string[];
  environment: Record<string, string>;
}

/** A session-manager-plugin on the PATH that plays the container on this machine. */
export class FakePlugin {
  play: Play = { version: '1.2.707.0', hasReturns: true, ending: 'usual', remoteEnvironment: {} };
  private readonly bin: string;

  constructor(private readonly directory: string) {
    this.bin = join(directory, 'bin');
    mkdirSync(this.bin);
    const script = join(import.meta.dirname, 'plugin-play.mjs');
    this.write(`exec '${process.execPath}' '${script}' '${this.file('settings')}' "$@"`);
  }

  /** For the command under test; programs of the container are put first, those of this machine behind. */
  get path(): string {
    return `${this.bin}${delimiter}${process.env.PATH ?? ''}`;
  }

  /** What ECS was asked to run. */
  set command(text: string) {
    writeFileSync(this.file('command'), text);
  }

  /** Whatever it is on this machine. */
  write(text: string): void {
    const path = join(this.bin, 'session-manager-plugin');
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
  }

  /** A program of the container. */
  program(name: string, text: string): void {
    const directory = this.file('container');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(directory, name), 0o755);
  }

  /** The user of the application, with this home; `setpriv` is what becomes of a command that is to run as that user. */
  hasUser(home: string, setpriv: string): void {
    this.program(
      'id',
      'case "$*" in -u) echo 0;; "-u reg_user") echo 10001;; "-g reg_user") echo 10001;; *) exit 1;; esac',
    );
    this.program('getent', `echo reg_user:x:10001:10001::${home}:/bin/sh`);
    this.program('setpriv', setpriv);
  }

  /** What this ECS is asked to run is what sessions then run. */
  obey(ecs: FakeEcs): void {
    const opened = ecs.answers.get('ExecuteCommand') as Record<string, unknown>;
    ecs.answers.set('ExecuteCommand', (input) => {
      this.command = String(input.command);
      return opened;
    });
  }

  /** Before every session. */
  ready(): void {
    const path = `${this.file('container')}${delimiter}${process.env.PATH ?? ''}`;
    const files = { record: this.file('record'), command: this.file('command'), path };
    writeFileSync(this.file('settings'), JSON.stringify({ ...this.play, ...files }));
  }

  calls(): Call[] {
    if (!existsSync(this.file('record'))) return [];
    return readFileSync(this.file('record'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Call);
  }

  private file(name: string): string {
    return join(this.directory, name);
  }
}
