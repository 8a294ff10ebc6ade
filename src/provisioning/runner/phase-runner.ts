import { type Clock } from '../../common/clock/clock.js';
import { type Redactor } from '../logs/redactor.js';
import { FenceLostError } from '../provisioning.errors.js';
import { type RunPhase } from '../provisioning.types.js';
import { StateWatcher } from '../state/state-watcher.js';
import { type PhaseFiles } from './phase-files.js';
import { PhaseLog } from './phase-log.js';
import { type RunInterrupt } from './run-interrupt.js';
import { type RunJournal } from './run-journal.js';
import { type RunWorkdir } from './run-workdir.js';
import { type SharedProvider } from './shared-provider/shared-provider.js';
import { killPhase, type Listening, SupervisedCommand } from './supervised-command.js';
import { type PhaseEvents } from './terraform-events.js';

/** What all phases of one run share. */
export interface PhaseContext {
  workdir: RunWorkdir;
  journal: RunJournal;
  interrupt: RunInterrupt;
  redactor: Redactor;
  clock: Clock;
  binary: string;
  environment: Record<string, string>;
  provider: SharedProvider;
}

export interface PhaseCommand {
  phase: RunPhase;
  /** What it is about, when the phase has several commands. */
  subject?: string;
  arguments: string[];
  timeoutSeconds: number;
  /** Whether the command changes the state, which is then stored while it runs. */
  changesState: boolean;
}

/**
 * Terraform prints "Interrupt received" and works on as if nothing had happened when the signal comes before the
 * operation proper has begun, or before a provisioner was first used (its stop finds nothing to stop): half of the
 * signals sent at its first output are lost so. A second one would cost state, so the first must not come too early. An
 * apply shows by its first resource that it has begun, or, when its provider hangs, by the time. A plan that misses its
 * signal only ends later.
 */
const LISTENING: Partial<Record<RunPhase, Listening>> = {
  plan: { output: /"type":"(?:refresh_start|planned_change)"/, settleMs: 0, orAfterMs: 2_000 },
  apply: { output: /(?:"@timestamp":"([^"]*)"[^\n]*)?"type":"apply_start"/, settleMs: 2_000, orAfterMs: 30_000 },
};

export interface PhaseResult {
  exitCode: number;
  events: PhaseEvents;
}

/**
 * Runs one Terraform command of a run, or resumes it: output and state are stored while it works, an interrupt or the
 * time limit sends the one signal it may get, and whatever it leaves running is killed when it ends. Rejects when it
 * vanished, could not be started, or when the journal refuses to be written.
 */
export async function runPhase(context: PhaseContext, command: PhaseCommand): Promise<PhaseResult> {
  const { workdir, journal, interrupt, redactor, clock, binary, environment, provider } = context;
  const files = workdir.phase(command.phase, command.subject);
  // What is resumed has its environment.
  const isServed = command.phase !== 'init' && !files.exists();
  const spec = {
    files,
    workingDirectory: workdir.directory,
    binary,
    arguments: command.arguments,
    environment: { ...environment, ...(isServed ? await provider.variables() : {}) },
    listening: LISTENING[command.phase],
  };
  const process = SupervisedCommand.ensure(spec, clock);
  interrupt.onRequest(() => {
    process.interrupt();
  });
  const limit = clock.schedule(remainingMs(files, command, clock), () => {
    interrupt.request('timeout');
  });
  const log = new PhaseLog(files, command.phase, journal, redactor, clock);
  const ended = process.wait().finally(() => killPhase(files, clock));
  const followers = [
    log.follow(ended),
    ...(command.changesState ? [new StateWatcher(workdir, journal, clock).follow(ended)] : []),
  ].map((follower) => stoppedWithFence(follower, process));
  try {
    // All are awaited even when one fails: nothing of this phase may be left running behind the caller's back.
    const [exit, ...followed] = await Promise.allSettled([ended, ...followers]);
    for (const result of followed) if (result.status === 'rejected') throw asError(result.reason);
    if (exit.status === 'rejected') throw asError(exit.reason);
    if (exit.value !== 0) await provider.noteCrash();
    return { exitCode: exit.value, events: log.events };
  } finally {
    limit.cancel();
  }
}

/** Of the time limit, what an earlier process has not used up. */
function remainingMs(files: PhaseFiles, { timeoutSeconds }: PhaseCommand, clock: Clock): number {
  const now = clock.now().getTime();
  return (files.startedAt()?.getTime() ?? now) + timeoutSeconds * 1000 - now;
}

/** Once another worker owns the run, two Terraforms could work on one cluster: ours stops in good order. */
async function stoppedWithFence(follower: Promise<void>, process: SupervisedCommand): Promise<void> {
  try {
    await follower;
  } catch (error) {
    if (error instanceof FenceLostError) process.interrupt();
    throw error;
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason), { cause: reason });
}
