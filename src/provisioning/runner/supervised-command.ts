import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type Clock } from '../../common/clock/clock.js';
import { hasErrorCode } from '../../common/errors/domain-error.js';
import { ChangeWaiter } from './change-waiter.js';
import { CommandVanishedError } from './command-vanished.error.js';
import { type PhaseFiles } from './phase-files.js';
import { groupState } from './process-identity.js';
import { SUPERVISOR_SCRIPT } from './supervisor-script.js';

export interface CommandSpec {
  files: PhaseFiles;
  workingDirectory: string;
  binary: string;
  arguments: string[];
  /** The whole environment of the command; nothing is inherited. */
  environment: Record<string, string>;
}

const POLL_MS = 250;
/** After this time a command that has written nothing is taken to handle signals all the same. */
const SILENT_START_MS = 1_000;

/**
 * A command that does not depend on this process: started in a session of its own, writing to files, watched by a
 * supervisor. Whoever calls {@link SupervisedCommand.ensure} for the same phase later gets the same command.
 */
export class SupervisedCommand {
  private readonly changes: ChangeWaiter;
  private readonly startedAt: number;
  private isChildGone = true;
  private isInterruptWanted = false;

  private constructor(
    private readonly spec: CommandSpec,
    private readonly clock: Clock,
  ) {
    this.changes = new ChangeWaiter(spec.files.directory, POLL_MS, clock);
    this.startedAt = clock.now().getTime();
  }

  /** Starts the command unless it was started before; then re-attaches to it, or to how it ended. */
  static ensure(spec: CommandSpec, clock: Clock): SupervisedCommand {
    spec.files.create();
    const command = new SupervisedCommand(spec, clock);
    if (spec.files.recordedProcess() === null && spec.files.exitCode() === null) command.start();
    return command;
  }

  /** The exit code, once there is one. Throws CommandVanishedError when all its processes are gone without one. */
  async wait(): Promise<number> {
    try {
      for (;;) {
        const isAlive = this.isAlive();
        // Read after the liveness check: an exit code written in between is not missed.
        const exitCode = this.spec.files.exitCode();
        if (exitCode !== null) return exitCode;
        if (!isAlive) throw new CommandVanishedError(this.spec.files.directory);
        if (this.isInterruptWanted) this.deliverInterrupt();
        await this.changes.next();
      }
    } finally {
      this.changes.close();
    }
  }

  /** Asks the command to stop with exactly one SIGINT to its group, however often, and by however many of us, it is asked. */
  interrupt(): void {
    this.isInterruptWanted = true;
    this.changes.notify();
  }

  private start(): void {
    const { files, workingDirectory, binary, environment } = this.spec;
    const [stdout, stderr] = [openSync(files.stdout, 'a', 0o600), openSync(files.stderr, 'a', 0o600)];
    const argv = ['-c', SUPERVISOR_SCRIPT, 'ps-supervisor', files.directory, binary, ...this.spec.arguments];
    const child = spawn('/bin/sh', argv, {
      cwd: workingDirectory,
      env: environment,
      detached: true,
      stdio: ['ignore', stdout, stderr],
    });
    this.isChildGone = false;
    const gone = (): void => {
      this.isChildGone = true;
      this.changes.notify();
    };
    child.once('exit', gone);
    child.once('error', gone);
    child.unref();
    closeSync(stdout);
    closeSync(stderr);
  }

  private isAlive(): boolean {
    const recorded = this.spec.files.recordedProcess();
    if (recorded === null) return !this.isChildGone;
    return groupState(recorded.pid, recorded.startToken) !== 'gone';
  }

  /**
   * The signal must reach the command and not only its supervisor, which swallows it: so not before the command has
   * shown a sign of life.
   */
  private deliverInterrupt(): void {
    const recorded = this.spec.files.recordedProcess();
    const isUp = this.spec.files.hasOutput() || this.clock.now().getTime() - this.startedAt > SILENT_START_MS;
    if (!recorded || !isUp || !this.spec.files.markInterrupted()) return;
    signalGroup(recorded.pid, 'SIGINT');
  }
}

/** Kills what is left of a phase's processes, if it is provably theirs. True when there was something to kill. */
export function killPhase(files: PhaseFiles): boolean {
  const recorded = files.recordedProcess();
  if (!recorded || groupState(recorded.pid, recorded.startToken) === 'gone') return false;
  signalGroup(recorded.pid, 'SIGKILL');
  return true;
}

function signalGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}
