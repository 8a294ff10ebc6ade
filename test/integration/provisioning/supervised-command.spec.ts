import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { SystemClock } from '../../../src/common/clock/clock.js';
import { CommandNotStartedError, CommandVanishedError } from '../../../src/provisioning/runner/command.errors.js';
import { PhaseFiles } from '../../../src/provisioning/runner/phase-files.js';
import { groupState, hostIdentity, processStartToken } from '../../../src/provisioning/runner/process-identity.js';
import { killPhase, SupervisedCommand } from '../../../src/provisioning/runner/supervised-command.js';
import { eventually } from '../../support/eventually.js';
import { TestClock } from '../../support/test-clock.js';

const run = promisify(execFile);
const INTERRUPTER = fileURLToPath(new URL('../../support/attach-and-interrupt.mjs', import.meta.url));
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', ONLY: 'this' };

/** Writes `up`, notes every SIGINT in a file, goes on until it is let go, and ends with 7. */
const STUBBORN = `
trap 'echo INT >> interrupts' INT
echo up
while [ ! -e go ]; do sleep 0.02; done
exit 7`;

describe('SupervisedCommand', () => {
  const clock = new SystemClock();
  let directory: string;
  let files: PhaseFiles;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ps-phase-'));
    files = new PhaseFiles(join(directory, 'apply'));
  });
  afterEach(async () => {
    await killPhase(files, clock);
    rmSync(directory, { recursive: true });
  });

  const start = (script: string, workingDirectory = directory): SupervisedCommand =>
    SupervisedCommand.ensure(
      { files, workingDirectory, binary: '/bin/sh', arguments: ['-c', script], environment: ENVIRONMENT },
      clock,
    );
  const read = (name: string): string => {
    const path = join(directory, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const letGo = (): void => {
    writeFileSync(join(directory, 'go'), '');
  };
  const stdout = (): string => read('apply/stdout.jsonl');
  const isUp = () => eventually('the first output', () => stdout().includes('up'));
  const recorded = () => eventually('the recorded process', () => files.recordedProcess());

  it.each([0, 1, 2, 42])('gives the exit code %i', async (code) => {
    await expect(start(`exit ${code}`).wait()).resolves.toBe(code);
  });

  it('keeps output in files, and passes on nothing of its own environment', async () => {
    await expect(start('env; echo to-stderr >&2').wait()).resolves.toBe(0);
    expect(stdout()).toContain('ONLY=this');
    // What this process really has; Jest's own process.env is a copy that no child sees.
    expect((await run('/usr/bin/env')).stdout).toContain('JEST_WORKER_ID=');
    expect(stdout()).not.toContain('JEST_WORKER_ID=');
    expect(read('apply/stderr.log')).toBe('to-stderr\n');
  });

  it('tells a command that was killed by its signal', async () => {
    await expect(start('kill -9 $$').wait()).resolves.toBe(137);
  });

  it('ends when the command ends, however much it has written', async () => {
    await expect(start('head -c 20000000 /dev/zero | tr "\\\\0" x; exit 3').wait()).resolves.toBe(3);
    expect(stdout()).toHaveLength(20_000_000);
  });

  it('starts one process for one phase, however many start it at once', async () => {
    const commands = Array.from({ length: 4 }, () => start('echo started; exit 5'));
    await expect(Promise.all(commands.map((command) => command.wait()))).resolves.toEqual([5, 5, 5, 5]);
    expect(stdout()).toBe('started\n');
  });

  it('attaches to a command that runs, and to one that has ended', async () => {
    const first = start(STUBBORN);
    await isUp();
    const second = start('echo never');
    letGo();
    await expect(Promise.all([first.wait(), second.wait()])).resolves.toEqual([7, 7]);
    await expect(start('echo never').wait()).resolves.toBe(7);
    expect(stdout()).toBe('up\n');
  });

  it('delivers one SIGINT, however often and by however many processes it is asked', async () => {
    const command = start(STUBBORN);
    await isUp();
    const others = Array.from({ length: 3 }, () => run(process.execPath, [INTERRUPTER, files.directory]));
    for (let times = 0; times < 5; times++) command.interrupt();
    await eventually('the interrupt', () => read('interrupts') !== '');
    await eventually('the others to have attached', () => existsSync(join(files.directory, 'interrupted')));
    letGo();
    await expect(command.wait()).resolves.toBe(7);
    expect((await Promise.all(others)).map(({ stdout: code }) => code)).toEqual(['7', '7', '7']);
    expect(read('interrupts')).toBe('INT\n');
  });

  it('interrupts the whole group, but not the supervisor', async () => {
    const child = 'trap "echo INT >> child; exit 0" INT; echo up; while :; do sleep 0.02; done';
    const command = start(`trap 'echo INT >> parent; exit 9' INT; sh -c '${child}'`);
    await isUp();
    command.interrupt();
    await expect(command.wait()).resolves.toBe(9);
    expect([read('child'), read('parent')]).toEqual(['INT\n', 'INT\n']);
  });

  it('keeps an interrupt back until the command has written what shows that it listens', async () => {
    const script = `trap 'echo INT >> interrupts; exit 4' INT; echo up; while [ ! -e go ]; do sleep 0.02; done; echo '"ready"'; while :; do sleep 0.02; done`;
    const spec = { files, workingDirectory: directory, binary: '/bin/sh', arguments: ['-c', script] };
    const command = SupervisedCommand.ensure(
      { ...spec, environment: ENVIRONMENT, listening: { output: /"ready"/, settleMs: 300, orAfterMs: 60_000 } },
      clock,
    );
    const ended = command.wait();
    await isUp();
    command.interrupt();
    await new Promise((resolve) => setImmediate(resolve));
    expect(existsSync(join(files.directory, 'interrupted'))).toBe(false);
    letGo();
    await expect(ended).resolves.toBe(4);
    expect(read('interrupts')).toBe('INT\n');
  });

  it('interrupts a command that never writes anything, too', async () => {
    const command = start(`trap 'exit 4' INT; while :; do sleep 0.02; done`);
    command.interrupt();
    await expect(command.wait()).resolves.toBe(4);
  });

  it('interrupts a command however the time of day is set meanwhile', async () => {
    const setBack = new (class extends SystemClock {
      private asked = 0;
      override now(): Date {
        return new Date(super.now().getTime() - 3_600_000 * this.asked++);
      }
    })();
    const script = `trap 'exit 4' INT; echo up; while :; do sleep 0.02; done`;
    const spec = { files, workingDirectory: directory, binary: '/bin/sh', arguments: ['-c', script] };
    const listening = { output: /up/, settleMs: 50, orAfterMs: 60_000 };
    const command = SupervisedCommand.ensure({ ...spec, environment: ENVIRONMENT, listening }, setBack);
    command.interrupt();
    await expect(command.wait()).resolves.toBe(4);
  });

  it('waits for a command whose supervisor was killed, then says that nobody knows how it ended', async () => {
    const first = start(STUBBORN).wait();
    await isUp();
    const { pid } = await recorded();
    const testClock = new TestClock();
    const spec = { files, workingDirectory: directory, binary: 'never', arguments: [], environment: {} };
    let outcome: unknown = 'still running';
    SupervisedCommand.ensure(spec, testClock)
      .wait()
      .then(
        (code) => (outcome = code),
        (error: unknown) => (outcome = error),
      );
    const look = async (): Promise<unknown> => {
      testClock.advance(250);
      await new Promise((resolve) => setImmediate(resolve));
      return outcome;
    };
    process.kill(pid, 'SIGKILL');
    await eventually('the orphans', () => groupState(files.recordedProcess()!) === 'orphans');
    for (let polls = 0; polls < 40; polls++) expect(await look()).toBe('still running');
    letGo();
    await expect(first).rejects.toThrow(CommandVanishedError);
    expect(await look()).toBeInstanceOf(CommandVanishedError);
  });

  it('says so when nothing could be started', async () => {
    const command = start('echo never', join(directory, 'missing'));
    await expect(command.wait()).rejects.toThrow(CommandNotStartedError);
  });

  it('gives the exit code of the shell for a command that does not exist, with the reason on stderr', async () => {
    const spec = { files, workingDirectory: directory, binary: '/missing/terraform', arguments: [], environment: {} };
    await expect(SupervisedCommand.ensure(spec, clock).wait()).resolves.toBe(127);
    expect(read('apply/stderr.log')).toContain('/missing/terraform');
  });

  it('lets what a command leaves behind be killed, and only that', async () => {
    const command = start(`(trap '' INT TERM; echo up; while :; do sleep 1; done) & exit 0`);
    await expect(command.wait()).resolves.toBe(0);
    await isUp();
    await eventually('the orphan', () => groupState(files.recordedProcess()!) === 'orphans');
    await killPhase(files, clock);
    expect(groupState(files.recordedProcess()!)).toBe('gone');
  });
});

describe('whose processes are left', () => {
  const host = hostIdentity();

  it('does not take an unreaped rest for a living process', async () => {
    // The shell becomes a `sleep`, which reaps no child; its child leads a session of its own and ends when that is so.
    const parent = spawn('/bin/sh', ['-c', 'setsid sleep 0.3 & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    await eventually('the zombie', () => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z'));
    expect(groupState({ pid, startToken: 'whatever', host })).toBe('gone');
    parent.kill('SIGKILL');
  });

  it('knows nothing of another host: the same pid is somebody else there', () => {
    const startToken = processStartToken(process.pid)!;
    expect(groupState({ pid: process.pid, startToken, host })).toBe('leader');
    expect(groupState({ pid: process.pid, startToken, host: 'elsewhere/boot' })).toBe('gone');
  });

  it('knows a reused pid by its start', () => {
    expect(groupState({ pid: process.pid, startToken: '1', host })).toBe('gone');
  });
});
