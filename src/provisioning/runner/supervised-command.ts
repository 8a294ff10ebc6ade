import { type Clock } from '../../common/clock/clock.js';
import { hasErrorCode } from '../../common/errors/domain-error.js';
import { ChangeWaiter } from './change-waiter.js';
import { CommandNotStartedError, CommandVanishedError } from './command.errors.js';
import { type PhaseFiles } from './phase-files.js';
import { groupState } from './process-identity.js';
import { launchSupervised, type LaunchSpec } from './supervised-launch.js';

export interface CommandSpec extends LaunchSpec {
  /** When the command can be interrupted; {@link ANY_OUTPUT} unless told. */
  listening?: Listening;
}

/**
 * How a command shows that it handles signals: some time after it wrote this, or after a time in which it did not. The
 * first group of `output`, if it has one, is when it was written; else the time counts from when it was seen.
 */
export interface Listening {
  output: RegExp;
  settleMs: number;
  orAfterMs: number;
}

const ANY_OUTPUT: Listening = { output: /./, settleMs: 0, orAfterMs: 1_000 };

const POLL_MS = 250;
const FIRST_KILL_POLL_MS = 2;
const KILL_POLL_MS = 20;

/** Failures to look that say nothing of the command: this process is short of descriptors or memory, or the disk hiccups. */
const PASSING_CODES = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EIO'];

/**
 * A command that does not depend on this process: started in a session of its own, writing to files, watched by a
 * supervisor. Whoever calls {@link SupervisedCommand.ensure} for the same phase later gets the same command.
 */
export class SupervisedCommand {
  private readonly changes: ChangeWaiter;
  private readonly attachedAt: number;
  /** How the supervisor this process started ended, or null. */
  private supervisorEnd: string | null = 'it was never started';
  private isInterruptWanted = false;
  private heardAt: number | null = null;

  private constructor(
    private readonly spec: CommandSpec,
    private readonly clock: Clock,
  ) {
    this.changes = new ChangeWaiter(spec.files.directory, POLL_MS, clock);
    this.attachedAt = clock.elapsedMs();
  }

  /** Starts the command unless it was started before; then re-attaches to it, or to how it ended. */
  static ensure(spec: CommandSpec, clock: Clock): SupervisedCommand {
    spec.files.create();
    const command = new SupervisedCommand(spec, clock);
    if (spec.files.recordedProcess() === null && spec.files.exitCode() === null) command.start();
    return command;
  }

  /**
   * The exit code, once there is one. Throws CommandVanishedError when all its processes are gone without one, and
   * CommandNotStartedError when there never were any.
   */
  async wait(): Promise<number> {
    try {
      for (;;) {
        const exitCode = this.look();
        if (exitCode !== null) return exitCode;
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
    this.supervisorEnd = null;
    launchSupervised(this.spec, (how) => {
      this.supervisorEnd = how;
      this.changes.notify();
    });
  }

  /** The exit code, or null while the command runs. */
  private look(): number | null {
    try {
      const recorded = this.spec.files.recordedProcess();
      const isAlive = recorded === null ? this.supervisorEnd === null : groupState(recorded) !== 'gone';
      // Read after the liveness check: an exit code written in between is not missed.
      const exitCode = this.spec.files.exitCode();
      if (exitCode !== null) return exitCode;
      if (!isAlive) throw this.endedWithoutCode();
      if (this.isInterruptWanted) this.deliverInterrupt();
      return null;
    } catch (error) {
      // Giving up here would leave a running Terraform alone; the next look finds out.
      if (PASSING_CODES.some((code) => hasErrorCode(error, code))) return null;
      throw error;
    }
  }

  private endedWithoutCode(): Error {
    const { files } = this.spec;
    // Read again: the supervisor may have claimed the phase and ended since the look before.
    if (files.recordedProcess() !== null) return new CommandVanishedError(files.directory);
    return new CommandNotStartedError(files.directory, this.supervisorEnd ?? 'its supervisor is gone');
  }

  /**
   * The signal must reach the command and not only its supervisor, which swallows it, and it must not come before the
   * command can act on it: so not before the command has shown that it listens. A crash between mark and signal loses the signal; the command then ends by itself, which is
   * better than the second signal that would make Terraform drop its state.
   */
  private deliverInterrupt(): void {
    const recorded = this.spec.files.recordedProcess();
    if (!recorded || !this.isListening() || !this.spec.files.markInterrupted()) return;
    signalGroup(recorded.pid, 'SIGINT');
  }

  private isListening(): boolean {
    const { files, listening = ANY_OUTPUT } = this.spec;
    const now = this.clock.elapsedMs();
    const heard = this.heardAt === null ? files.firstWritten(listening.output) : null;
    if (heard) this.heardAt = now - ageMs(heard[1], this.clock.now());
    if (this.heardAt !== null) return now - this.heardAt >= listening.settleMs;
    return now - this.attachedAt > listening.orAfterMs;
  }
}

/** How long ago that was, as far as the clock can be believed: it may have been set back since. */
function ageMs(time: string | undefined, now: Date): number {
  const age = now.getTime() - Date.parse(time ?? '');
  return age > 0 ? age : 0;
}

/**
 * Kills what is left of a phase's processes, if it is provably theirs, and resolves when they are gone. However long that
 * takes: nothing else may work on the cluster before.
 */
export async function killPhase(files: PhaseFiles, clock: Clock): Promise<void> {
  const recorded = files.recordedProcess();
  if (!recorded) return;
  // After a command that ended, all that is left is its supervisor's last moment: a short wait, and then longer ones.
  for (let waitMs = FIRST_KILL_POLL_MS; groupState(recorded) !== 'gone'; waitMs = Math.min(2 * waitMs, KILL_POLL_MS)) {
    signalGroup(recorded.pid, 'SIGKILL');
    await pause(clock, waitMs);
  }
}

/** Whether the command was started, here or by an earlier process, and has neither ended nor been killed. */
export function isAtWork(files: PhaseFiles): boolean {
  const recorded = files.recordedProcess();
  return recorded !== null && files.exitCode() === null && groupState(recorded) !== 'gone';
}

/** Lets a command that runs come to its end by itself, then kills what it has left behind. */
export async function outlastPhase(files: PhaseFiles, clock: Clock): Promise<void> {
  while (isAtWork(files)) await pause(clock, POLL_MS);
  await killPhase(files, clock);
}

function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(milliseconds, resolve);
  });
}

function signalGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}
